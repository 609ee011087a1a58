using BinarySync.Sync.Copies;

namespace BinarySync.Sync.Tests.Support;

/// <summary>Looks for each block of B at every byte of A, with both at hand: what no program can do, and every program may use.</summary>
internal sealed class PlainShiftSearch(byte[] a, byte[] b, SyncGeometry geometry) : ICopySearch
{
    public long BlocksLeftOut => 0;

    public IReadOnlyList<CopyRun> Find()
    {
        List<CopyRun> runs = [];
        for (long block = 0; block < geometry.Target.BlockCount; block++)
        {
            ReadOnlySpan<byte> content = Of(block);
            if (!geometry.Coverage.Contains(new BlockRun(block, 1)) || ZeroBlocks.IsZero(content) || IsInPlace(block, content))
            {
                continue;
            }

            if (runs.Count > 0 && runs[^1] is var last && last.Blocks.End == block && IsAt(content, OffsetOf(last) + LengthOf(last)))
            {
                runs[^1] = CopyRun.Of(last.Blocks with { Count = last.Count + 1 }, last.Source, last.Shift, geometry.Target);
            }
            else if (FindAnywhere(content) is >= 0 and var offset)
            {
                long source = geometry.Base.BlockAt(offset);
                runs.Add(CopyRun.Of(new BlockRun(block, 1), source, (int)(offset - geometry.Base.OffsetOf(source)), geometry.Target));
            }
        }

        return CopyCycles.Cut(runs);
    }

    private ReadOnlySpan<byte> Of(long block) => b.AsSpan((int)geometry.Target.OffsetOf(block), geometry.Target.LengthOf(block));

    private bool IsInPlace(long block, ReadOnlySpan<byte> content) =>
        geometry.Base.LengthOf(block) == content.Length
            && content.SequenceEqual(a.AsSpan((int)geometry.Base.OffsetOf(block), content.Length));

    private long OffsetOf(CopyRun run) => geometry.Base.OffsetOf(run.Source) + run.Shift;

    private long LengthOf(CopyRun run) => geometry.Target.LengthOf(run.Blocks);

    private long FindAnywhere(ReadOnlySpan<byte> content)
    {
        for (int from = 0; from < a.Length; from++)
        {
            int at = a.AsSpan(from).IndexOf(content);
            if (at < 0)
            {
                return -1;
            }

            from += at;
            if (IsAt(content, from))
            {
                return from;
            }
        }

        return -1;
    }

    // Where a copy may come from: of whole blocks, only from one of the same length.
    private bool IsAt(ReadOnlySpan<byte> content, long offset) =>
        offset + content.Length <= a.Length
            && content.SequenceEqual(a.AsSpan((int)offset, content.Length))
            && geometry.Coverage.Contains(BlockGeometry.Touching(offset, content.Length, geometry.Base.BlockSize))
            && (offset % geometry.Base.BlockSize != 0 || geometry.Base.LengthOf(geometry.Base.BlockAt(offset)) == content.Length);
}
