using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Writes the frames that are compressed over the old content of their own blocks (Format.md 4.8). Once one block of such a frame is
/// overwritten, the frame cannot be decoded any more. So each goes through the redo as a whole: decoded over blocks that were recognised
/// once more, kept durably, and written then (docs/Design.md, "Frames over old content").
/// </summary>
internal sealed class PrefixFrames
{
    private readonly ApplyContext _context;
    private readonly IWritableStorage _target;
    private readonly PatchPlan _plan;
    private readonly PatchJournal _journal;
    private readonly RedoRounds _rounds;
    private readonly SyncGeometry _geometry;
    private readonly FrameVerifier _frames;
    private readonly RedoHandler _keep;

    public PrefixFrames(ApplyContext context, PatchPlan plan, PatchJournal journal, RedoRounds rounds)
    {
        _context = context;
        _target = context.Target;
        _plan = plan;
        _journal = journal;
        _rounds = rounds;
        _geometry = plan.Header.SyncGeometry;
        _frames = new FrameVerifier(
            plan.Header, context.Patch, new PrefixContent(_target, _geometry, context.Patch, redo: null, plan.Doubt));
        _keep = context.Tuning.UsesRedo ? rounds.Redo.Add : _target.Write;
    }

    /// <summary>Blocks that were written.</summary>
    public long Blocks { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes all of them. When it returns, they are durable.</summary>
    /// <exception cref="StorageException">A failure of the target, of the redo or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was recognised, or did not read back as written.</exception>
    public void Run()
    {
        IOperationReader reader = _context.Patch.Open(skipContent: false);
        PatchItems items = new(reader, PatchPass.Prefix, _plan.Sizing.LengthBefore, _context.Workspace);
        _context.Options.Progress.Begin("writing over old content", _plan.PrefixBytes);
        OrderedPipeline<PatchItem>.Run(
            _context.Options.Threads,
            _context.Workspace.BeginPass(reader),
            items.Take,
            item =>
            {
                item.Clear();
                _frames.Check(item);
            },
            item =>
            {
                Keep(item);
                item.Release();
            },
            _context.Options.Cancellation);
        _rounds.Close();
        _context.Patch.RequireSame(reader.Trailer);
    }

    private void Keep(PatchItem item)
    {
        DemandUnchanged(item);
        if (!Fits(item))
        {
            _rounds.Close();
        }

        foreach ((BlockRun blocks, int at) in Due(item))
        {
            Keep(item.Content.Slice(at, (int)_geometry.Target.LengthOf(blocks)), _geometry.Target.OffsetOf(blocks.First));
        }

        Blocks += item.Found.NotNew.Count;
        _context.Options.Progress.Advance(item.Frame.RawLength);
    }

    private void Keep(ReadOnlySpan<byte> bytes, long offset)
    {
        _keep(bytes, offset);
        LastBlock.ForEachRestBehind(_target, _plan.Header, _journal, offset + bytes.Length, _keep);
        Bytes += bytes.Length;
    }

    // A frame must not be divided between two rounds: after the first one, the content for the second could not be made again.
    private bool Fits(PatchItem item)
    {
        RedoRoom room = new(_rounds.Redo, _context.Tuning);
        bool fits = true;
        foreach ((BlockRun blocks, _) in Due(item))
        {
            fits &= room.Take(_geometry.Target, blocks);
        }

        return fits;
    }

    // The blocks to be written, and where their content begins in the frame.
    private IEnumerable<(BlockRun Blocks, int At)> Due(PatchItem item)
    {
        List<long> blocks = item.Found.NotNew;
        int next = 0;
        foreach (ContentPiece piece in item.Group.PiecesOf(_geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            long end = _geometry.Target.BlockAt(piece.TargetOffset + piece.Length - 1) + 1;
            while (next < blocks.Count && blocks[next] < end)
            {
                long first = blocks[next++];
                long last = first;
                for (; next < blocks.Count && blocks[next] == last + 1 && last + 1 < end; next++)
                {
                    last++;
                }

                int at = piece.ContentOffset + (int)(_geometry.Target.OffsetOf(first) - piece.TargetOffset);
                yield return (BlockRun.Between(first, last + 1), at);
            }
        }
    }

    private void DemandUnchanged(PatchItem item)
    {
        if (!item.HasContent)
        {
            throw PatchExecutor.ChangedBlock(_target.Name, item.Found.WithoutOld[0]);
        }

        if (!_context.Specification.ForceUnrecognized)
        {
            DemandDoubted(item.Found.Strange);
        }

        if (!_context.Specification.OverwriteUnreadable)
        {
            DemandDoubted(item.Found.Unreadable);
        }
    }

    // Blocks that an interrupted run may have torn look like anything.
    private void DemandDoubted(List<long> blocks)
    {
        foreach (long block in blocks)
        {
            if (!_plan.Doubt.Touches(new BlockRun(block, 1)))
            {
                throw PatchExecutor.ChangedBlock(_target.Name, block);
            }
        }
    }
}
