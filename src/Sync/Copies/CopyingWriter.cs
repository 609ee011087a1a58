using BinarySync.Format;

namespace BinarySync.Sync.Copies;

/// <summary>Writes the blocks that differ into a data request. If there is a copy for a block, it is written as that.</summary>
/// <param name="writer">The request.</param>
/// <param name="copies">Ascending.</param>
/// <param name="hashLength">Bytes of a block hash.</param>
internal sealed class CopyingWriter(DataRequestWriter writer, IReadOnlyList<CopyRun> copies, int hashLength)
{
    // Groups end inside a long copy, at the latest when they have too many hashes: each such cut makes one more copy.
    private readonly long _leastOfGroup = FormatLimits.MaxGroupHashBytes / (2 * hashLength);
    private int _next;

    /// <summary>Blocks that are sent because the message has as many copies as it may.</summary>
    public long BlocksLeftOut { get; private set; }

    /// <summary>See <see cref="DataRequestWriter"/>.</summary>
    public void Add(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        while (newKind == NewKind.Data && run.Count > 0 && NextAt(run.First) is { } copy && copy.First < run.End)
        {
            BlockRun before = BlockRun.Between(run.First, Math.Max(run.First, copy.First));
            writer.Add(before, newKind, oldKind, Take(ref oldHashes, before), Take(ref newHashes, before));
            BlockRun copied = BlockRun.Between(before.End, Math.Min(run.End, copy.Blocks.End));
            bool fits = writer.Copies + 2 + (copied.Count / _leastOfGroup) <= FormatLimits.MaxCopies;
            BlocksLeftOut += fits ? 0 : copied.Count;
            writer.Add(
                copied,
                fits ? NewKind.Copy : NewKind.Data,
                oldKind,
                Take(ref oldHashes, copied),
                Take(ref newHashes, copied),
                copy.SourceOf(copied.First),
                fits ? copy.Shift : 0);
            run = BlockRun.Between(copied.End, run.End);
        }

        writer.Add(run, newKind, oldKind, oldHashes, newHashes);
    }

    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> hashes, BlockRun run)
    {
        int length = hashes.IsEmpty ? 0 : (int)run.Count * hashLength;
        ReadOnlySpan<byte> taken = hashes[..length];
        hashes = hashes[length..];
        return taken;
    }

    private CopyRun? NextAt(long block)
    {
        while (_next < copies.Count && copies[_next].Blocks.End <= block)
        {
            _next++;
        }

        return _next < copies.Count ? copies[_next] : null;
    }
}
