using BinarySync.Format;

namespace BinarySync.Sync.Copies;

/// <summary>Copies that overwrite the sources of one another in a circle cannot be ordered: some of their blocks have to be sent.</summary>
internal static class CopyCycles
{
    /// <summary>The copies without the blocks whose copies close a circle.</summary>
    /// <param name="runs">Ascending, and they do not overlap.</param>
    public static List<CopyRun> Cut(IReadOnlyList<CopyRun> runs)
    {
        IReadOnlyList<BlockRun> cycles = CopyOrder.FindCycles(runs);
        List<CopyRun> left = [];
        int next = 0;
        foreach (CopyRun run in runs)
        {
            BlockRun rest = run.Blocks;
            for (; next < cycles.Count && cycles[next].First < run.Blocks.End; next++)
            {
                // Two cycles may have blocks in common.
                BlockRun sent = BlockRun.Between(Math.Max(rest.First, cycles[next].First), Math.Max(rest.First, cycles[next].End));
                Add(BlockRun.Between(rest.First, Math.Max(rest.First, sent.First)));
                rest = BlockRun.Between(sent.End, rest.End);
            }

            Add(rest);

            void Add(BlockRun blocks)
            {
                if (blocks.Count > 0)
                {
                    left.Add(run.Part(blocks));
                }
            }
        }

        return left;
    }
}
