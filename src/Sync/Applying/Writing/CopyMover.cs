using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Moves the content of copies that were gathered. First, all blocks that they overwrite are recognised once more, ascending. Then the
/// content to be written is read, in the order of the sources, and compared with its hash.
/// </summary>
internal sealed class CopyMover(ApplyContext context, PatchPlan plan, CopyContent content)
{
    private readonly IReadableStorage _target = context.Target;
    private readonly SyncOptions _options = context.Options;
    private readonly SyncGeometry _geometry = plan.Header.SyncGeometry;
    private readonly TargetChecker _checker = new(
        context.Target, plan.Header.SyncGeometry, CheckMode.Write, plan.Doubt, longestGap: CopyBatch.LongestGap);
    private readonly List<CopyPiece> _due = [];
    private int[] _ascending = [];

    /// <summary>Blocks passed on so far.</summary>
    public long Blocks { get; private set; }

    /// <summary>Bytes passed on so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Passes on the content of those blocks of some copies that have to be written.</summary>
    /// <param name="group">The copies that were gathered.</param>
    /// <param name="operations">Indices of its operations, each with no more blocks than are read together.</param>
    /// <param name="use">
    /// Takes bytes, and their offset in the target; in any order. They may be written at once only to places that are no source.
    /// </param>
    /// <exception cref="SyncException">A block is no longer what it was when the data file was verified.</exception>
    public void Move(OperationGroup group, ReadOnlySpan<int> operations, RedoHandler use)
    {
        if (_ascending.Length < operations.Length)
        {
            _ascending = new int[operations.Length];
        }

        Memory<int> ascending = _ascending.AsMemory(0, operations.Length);
        operations.CopyTo(ascending.Span);
        ascending.Span.Sort();
        FindDue(group, ascending);
        _due.Sort((one, other) => one.Source.CompareTo(other.Source));
        int next = 0;
        Func<PatchItem> items = context.Workspace.BeginPass(_geometry, plan.Header.Hash);
        OrderedPipeline<CopyBatch>.Run(
            content.Threads(_due.Count, _options),
            () => new CopyBatch(items()),
            batch => batch.Take(_due, ref next, _geometry.Target, _geometry.Coverage),
            batch =>
            {
                if (batch.Fits)
                {
                    content.Read(group, batch);
                }
            },
            batch => HandOn(group, batch, use),
            _options.Cancellation);
    }

    private void HandOn(OperationGroup group, CopyBatch batch, RedoHandler use)
    {
        if (!batch.Fits)
        {
            // In order: it goes through the buffer only when it is passed on.
            CopyPiece piece = batch.Pieces[0].Piece;
            content.Read(group, group.Operations[piece.Operation], piece.Blocks, batch, use);
        }

        if (batch.Missing.Count > 0)
        {
            throw content.Changed(batch.Missing[0]);
        }

        foreach (BufferedPiece placed in batch.Pieces)
        {
            if (batch.Fits)
            {
                use(batch.BytesOf(placed, _geometry.Target), _geometry.Target.OffsetOf(placed.Piece.Blocks.First));
            }

            Blocks += placed.Piece.Blocks.Count;
            Bytes += _geometry.Target.LengthOf(placed.Piece.Blocks);
        }

        batch.Release();
    }

    // Blocks that are new already are skipped.
    private void FindDue(OperationGroup group, Memory<int> ascending)
    {
        _due.Clear();
        _due.EnsureCapacity(ascending.Length);
        int next = 0;
        OrderedPipeline<PatchItem>.Run(
            content.Threads(ascending.Length, _options),
            context.Workspace.BeginPass(_geometry, plan.Header.Hash),
            item => Take(item, group, ascending.Span, ref next),
            Check,
            item =>
            {
                Collect(item, ascending.Span);
                item.Release();
            },
            _options.Cancellation);
    }

    private bool Take(PatchItem item, OperationGroup group, ReadOnlySpan<int> ascending, ref int next)
    {
        item.Clear();
        item.Parts.Clear();
        item.Group = group;
        item.IsFrame = false;
        if (next == ascending.Length)
        {
            return false;
        }

        item.ContentFrom = next;
        long blocks = 0;
        for (; next < ascending.Length && item.Parts.Count < PatchItem.MostParts; next++)
        {
            Operation copy = group.Operations[ascending[next]];
            blocks += copy.Blocks.Count;
            if (item.Parts.Count > 0
                && (blocks > content.ChunkBlocks || ComesByGrowing(copy.Blocks) || ComesByGrowing(item.Parts[^1].Blocks)))
            {
                break;
            }

            item.Parts.Add(new OperationPart(copy, copy.Blocks));
        }

        return true;
    }

    private void Check(PatchItem item)
    {
        if (ComesByGrowing(item.Parts[0].Blocks))
        {
            // The part by which the target has grown holds nothing that could be lost.
            return;
        }

        _checker.Check(item, _target.Length, (block, state) =>
        {
            if (state == BlockState.Unrecognized && !context.Specification.ForceUnrecognized)
            {
                throw PatchExecutor.ChangedBlock(_target.Name, block);
            }

            item.Found.NotNew.Add(block);
        });
    }

    private void Collect(PatchItem item, ReadOnlySpan<int> ascending)
    {
        int at = 0;
        for (int i = 0; i < item.Parts.Count; i++)
        {
            BlockRun blocks = item.Parts[i].Blocks;
            Operation copy = item.Parts[i].Operation;
            int operation = ascending[(int)item.ContentFrom + i];
            _options.Progress.Advance(_geometry.Target.LengthOf(blocks));
            if (ComesByGrowing(blocks))
            {
                Add(blocks);
                continue;
            }

            while (at < item.Found.NotNew.Count && item.Found.NotNew[at] < blocks.End)
            {
                long first = item.Found.NotNew[at++];
                long end = first + 1;
                for (; at < item.Found.NotNew.Count && item.Found.NotNew[at] == end && end < blocks.End; at++)
                {
                    end++;
                }

                Add(BlockRun.Between(first, end));
            }

            void Add(BlockRun due) => _due.Add(
                new CopyPiece(
                    operation, due, copy.SourceOffset(_geometry.Target) + _geometry.Target.OffsetOf(due.First - blocks.First)));
        }
    }

    private bool ComesByGrowing(BlockRun blocks) =>
        blocks.First >= _geometry.Base.BlockCount && _geometry.Target.OffsetOf(blocks.First) >= plan.Sizing.LengthBefore;
}
