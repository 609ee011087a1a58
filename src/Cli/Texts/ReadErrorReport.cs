using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Sync.Checksums;

namespace BinarySync.Cli.Texts;

/// <summary>The blocks that a checksum file leaves out because they cannot be read.</summary>
internal static class ReadErrorReport
{
    /// <summary>Lists them for people.</summary>
    public static void Say(Terminal terminal, string target, ChecksumResult made)
    {
        if (made.Unreadable.BlockCount == 0)
        {
            return;
        }

        BlockGeometry geometry = made.Header.Geometry;
        foreach (BlockRun run in made.Unreadable.Runs)
        {
            string blocks = run.Count == 1 ? $"block {run}" : $"blocks {run}";
            terminal.Warn($"{target}: cannot read {blocks} (bytes {geometry.OffsetOf(run.First)}+{geometry.LengthOf(run)})");
        }

        string more = made.Unreadable.RunCount > made.Unreadable.Runs.Count
            ? $", {made.Unreadable.RunCount - made.Unreadable.Runs.Count} of their ranges not listed"
            : string.Empty;
        string between = made.LeavesOutMore ? ", with blocks between them: there are too many ranges" : string.Empty;
        terminal.Warn($"{CountText.Blocks(made.Unreadable.BlockCount)} of {target} cannot be read and are left out{more}{between}");
    }

    /// <summary>Lists them for scripts.</summary>
    public static void Add(Report report, ChecksumResult made)
    {
        report.Add("unreadable_blocks", null, made.Unreadable.BlockCount);
        report.Add("unreadable_ranges", null, made.Unreadable.RunCount);
        report.AddRuns("unreadable", made.Unreadable.Runs);
    }
}
