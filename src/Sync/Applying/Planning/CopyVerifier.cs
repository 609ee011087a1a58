using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>Reasons against copying.</summary>
/// <param name="WithoutSource">Blocks whose content was not found anywhere.</param>
/// <param name="OtherContent">Copies whose content has the hashes of the master's, but not its SHA-256.</param>
internal readonly record struct CopyFaults(BlockRunList WithoutSource, BlockRunList OtherContent);

/// <summary>
/// Checks the content of all copies before anything is written: is it where the data file says, and is it the master's? Many copies are
/// gathered, and read in the order of their sources.
/// </summary>
internal sealed class CopyVerifier
{
    private readonly CopyContent _content;
    private readonly CopyGather _gather;
    private readonly SyncGeometry _geometry;
    private readonly SyncProgress _progress;
    private readonly WitnessCollector? _witnesses;
    private readonly List<CopyPiece> _pieces = [];
    private readonly List<long> _missing = [];
    private readonly List<BlockRun> _other = [];
    private readonly CopyFaults _faults = new(new BlockRunList(), new BlockRunList());

    private CopyVerifier(CopyContent content, CopyGather gather, SyncGeometry geometry, SyncProgress progress, WitnessCollector? witnesses)
    {
        _content = content;
        _gather = gather;
        _geometry = geometry;
        _progress = progress;
        _witnesses = witnesses;
    }

    /// <summary>Reads each source once, but twice for a block that is larger than a buffer.</summary>
    /// <param name="content">Finds the content.</param>
    /// <param name="plan">The copies.</param>
    /// <param name="patch">The data file, which has been verified.</param>
    /// <param name="gathering">Room for what is gathered.</param>
    /// <param name="workspace">Buffers.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <param name="witnesses">Gets the content that the copies make; null if it is not wanted.</param>
    public static CopyFaults Verify(
        CopyContent content,
        CopyPlan plan,
        PatchSource patch,
        CopyGatherLimits gathering,
        PatchWorkspace workspace,
        SyncOptions options,
        WitnessCollector? witnesses = null)
    {
        if (plan.IsEmpty)
        {
            return new CopyFaults(new BlockRunList(), new BlockRunList());
        }

        CopyGather gather = new(patch, plan, gathering, workspace);
        SyncGeometry geometry = gather.Header.SyncGeometry;
        CopyVerifier verifier = new(content, gather, geometry, options.Progress, witnesses);
        options.Progress.Begin("checking the content to be copied", plan.Runs.Sum(run => geometry.Target.LengthOf(run.Blocks)));
        verifier.Run(plan, gathering, workspace, options);
        return verifier._faults;
    }

    private void Run(CopyPlan plan, CopyGatherLimits gathering, PatchWorkspace workspace, SyncOptions options)
    {
        List<CopySlice> slices = new(Math.Min(plan.Runs.Count, gathering.Slices));
        for (int copy = 0; copy < plan.Runs.Count; copy += _gather.Group.Operations.Count)
        {
            slices.Clear();
            for (int next = copy; next < plan.Runs.Count && slices.Count < gathering.Slices; next++)
            {
                slices.Add(new CopySlice(next, plan.Runs[next].Blocks));
            }

            _gather.Load(CollectionsMarshal.AsSpan(slices));
            SortPieces();
            int nextPiece = 0;
            Func<PatchItem> items = workspace.BeginPass(_geometry, _gather.Header.Hash);
            OrderedPipeline<CopyBatch>.Run(
                _content.Threads(_pieces.Count, options),
                () => new CopyBatch(items()),
                batch => batch.Take(_pieces, ref nextPiece, _geometry.Target, _geometry.Coverage),
                Check,
                Collect,
                options.Cancellation);
            TellFaults();
        }
    }

    private void SortPieces()
    {
        _pieces.Clear();
        IReadOnlyList<Operation> copies = _gather.Group.Operations;
        _pieces.EnsureCapacity(copies.Count);
        for (int i = 0; i < copies.Count; i++)
        {
            _pieces.Add(new CopyPiece(i, copies[i].Blocks, copies[i].SourceOffset(_geometry.Target)));
        }

        _pieces.Sort((one, other) => one.Source.CompareTo(other.Source));
    }

    private void Check(CopyBatch batch)
    {
        if (!batch.Fits)
        {
            CheckLong(batch);
            return;
        }

        _content.Announce(batch);
        _content.Read(_gather.Group, batch);
        Span<byte> digest = stackalloc byte[OperationGroup.Sha256Length];
        foreach (BufferedPiece placed in batch.Pieces)
        {
            CopyPiece piece = placed.Piece;
            Span<byte> bytes = batch.BytesOf(placed, _geometry.Target);
            BlockHash.Sha256.Hash(bytes, digest);
            if (!digest.SequenceEqual(_gather.Group.Sha256(_gather.Group.Operations[piece.Operation])))
            {
                batch.Other.Add(piece.Blocks);
            }

            _witnesses?.AddAfter(_geometry.Target.OffsetOf(piece.Blocks.First), bytes);
            _progress.Advance(bytes.Length);
        }
    }

    private void CheckLong(CopyBatch batch)
    {
        using RunningHash sha256 = BlockHash.Sha256.StartBlock();
        CopyPiece piece = batch.Pieces[0].Piece;
        Operation copy = _gather.Group.Operations[piece.Operation];
        _content.Read(_gather.Group, copy, piece.Blocks, batch, (bytes, offset) =>
        {
            sha256.Append(bytes);
            _witnesses?.AddAfter(offset, bytes);
            _progress.Advance(bytes.Length);
        });

        Span<byte> digest = stackalloc byte[OperationGroup.Sha256Length];
        sha256.Finish(digest);
        if (!digest.SequenceEqual(_gather.Group.Sha256(copy)))
        {
            batch.Other.Add(piece.Blocks);
        }
    }

    private void Collect(CopyBatch batch)
    {
        batch.Missing.Sort();
        _missing.AddRange(batch.Missing);

        // The digest says nothing about content that is missing.
        _other.AddRange(batch.Other.Where(run => !IsMissingAny(batch.Missing, run)));
        batch.Release();
    }

    private static bool IsMissingAny(List<long> sorted, BlockRun run)
    {
        int at = sorted.BinarySearch(run.First);
        at = at < 0 ? ~at : at;
        return at < sorted.Count && sorted[at] < run.End;
    }

    // Copies were gathered ascending, but checked in the order of their sources.
    private void TellFaults()
    {
        _missing.Sort();
        _missing.ForEach(block => _faults.WithoutSource.Add(new BlockRun(block, 1)));
        _missing.Clear();
        _other.Sort((one, other) => one.First.CompareTo(other.First));
        _other.ForEach(_faults.OtherContent.Add);
        _other.Clear();
    }
}
