using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Splitting;

/// <summary>
/// Finds the copies of a data request that a set cannot have, and writes a request in which their blocks are sent. Parts are applied in any
/// order, so no operation of any part may overwrite the source of a copy (Format.md 4.5).
/// </summary>
/// <param name="target">B.</param>
internal sealed class CopyConversion(BlockGeometry target)
{
    // Stretches of sources that are overwritten. Behind this many, everything is taken for overwritten: more is sent than necessary, but
    // never too little.
    private const int MaxOverwritten = 4 * FormatLimits.MaxCopies;

    private readonly List<BlockRun> _sources = [];
    private readonly List<BlockRun> _overwritten = [];

    /// <summary>
    /// Keeps the sources of a group's copies. At most <see cref="FormatLimits.MaxCopies"/> in all, which the reader ensures.
    /// </summary>
    public void Collect(OperationGroup group)
    {
        if (group.Copies > 0)
        {
            _sources.AddRange(
                group.Operations.Where(operation => operation.New == NewKind.Copy).Select(copy => copy.SourceBlocks(target)));
        }
    }

    /// <summary>Goes through all operations, to find the sources that they overwrite.</summary>
    /// <returns>True if there are any.</returns>
    public bool FindOverwritten(OperationReader request, CancellationToken cancellation)
    {
        if (_sources.Count == 0)
        {
            return false;
        }

        Unite(_sources);
        int at = 0;
        OperationCursor cursor = new(request);
        while (cursor.Next() && _overwritten.Count < MaxOverwritten)
        {
            cancellation.ThrowIfCancellationRequested();
            BlockRun written = cursor.Operation.Blocks;
            while (at < _sources.Count && _sources[at].End <= written.First)
            {
                at++;
            }

            for (int i = at; i < _sources.Count && _sources[i].First < written.End; i++)
            {
                Overwrite(BlockRun.Between(Math.Max(written.First, _sources[i].First), Math.Min(written.End, _sources[i].End)));
            }
        }

        return _overwritten.Count > 0;
    }

    /// <summary>Writes the request anew, including its groups.</summary>
    public void Write(OperationReader request, Stream output, CancellationToken cancellation)
    {
        DataRequestWriter writer = new(output, request.RequestHeader);
        OperationCursor cursor = new(request);
        while (cursor.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            Operation operation = cursor.Operation;
            for (BlockRun left = operation.Blocks; left.Count > 0;)
            {
                (BlockRun run, bool isSent) = Take(operation, left, writer);
                int skip = (int)(run.First - operation.Blocks.First) * request.Header.Hash.Length;
                int length = (int)run.Count * request.Header.Hash.Length;
                ReadOnlySpan<byte> old = cursor.Group.OldHashes(operation);
                ReadOnlySpan<byte> now = cursor.Group.NewHashes(operation);
                writer.Add(
                    run,
                    isSent ? NewKind.Data : operation.New,
                    operation.Old,
                    old.IsEmpty ? old : old.Slice(skip, length),
                    now.IsEmpty ? now : now.Slice(skip, length),
                    operation.New == NewKind.Copy && !isSent ? operation.Source + (run.First - operation.Blocks.First) : 0,
                    isSent ? 0 : operation.Shift);
                left = BlockRun.Between(run.End, left.End);
            }
        }

        writer.Finish(request.Trailer.BaseRoot, request.Trailer.TargetRoot);
    }

    // The longest run from the front of an operation's rest that either stays as it is or is sent as a whole.
    private (BlockRun Run, bool IsSent) Take(in Operation operation, BlockRun left, DataRequestWriter writer)
    {
        if (operation.New != NewKind.Copy)
        {
            return (left, false);
        }

        long shift = operation.Source - operation.Blocks.First;
        int next = FirstEndingBehind(left.First + shift);

        // Copied from the middle of a block, a block gets its bytes from the next one too.
        long stop = next == _overwritten.Count ? long.MaxValue : _overwritten[next].First - shift - Math.Sign(operation.Shift);
        if (stop <= left.First)
        {
            // The last one may be open: there was no room for more.
            long end = _overwritten[next].IsOpenEnded ? left.End : Math.Min(left.End, _overwritten[next].End - shift);
            return (BlockRun.Between(left.First, end), true);
        }

        // Cutting copies makes more of them, and a message may have only so many. A run is cut at most once more for each group boundary
        // that it passes.
        BlockRun kept = BlockRun.Between(left.First, Math.Min(left.End, stop));
        long pieces = 2 + (kept.Count * 2 * BlockHash.Sha256.Length / FormatLimits.MaxGroupHashBytes);
        return (kept, writer.Copies + pieces > FormatLimits.MaxCopies);
    }

    private int FirstEndingBehind(long block)
    {
        int low = 0;
        int high = _overwritten.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _overwritten[middle].End <= block ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Overwrite(BlockRun run)
    {
        if (_overwritten.Count > 0 && _overwritten[^1].End == run.First)
        {
            _overwritten[^1] = BlockRun.Between(_overwritten[^1].First, run.End);
            return;
        }

        _overwritten.Add(_overwritten.Count + 1 < MaxOverwritten ? run : BlockRun.From(run.First));
    }

    private static void Unite(List<BlockRun> runs)
    {
        runs.Sort((one, other) => one.First.CompareTo(other.First));
        int kept = 0;
        for (int i = 1; i < runs.Count; i++)
        {
            if (runs[i].First <= runs[kept].End)
            {
                runs[kept] = BlockRun.Between(runs[kept].First, Math.Max(runs[kept].End, runs[i].End));
            }
            else
            {
                runs[++kept] = runs[i];
            }
        }

        runs.RemoveRange(kept + 1, runs.Count - kept - 1);
    }
}
