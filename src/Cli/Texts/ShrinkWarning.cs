using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Cli.Texts;

/// <summary>
/// Warns of a message that would make a target lose more than half of its bytes: the master may be one that was not there when it was
/// read. Whoever applies it is asked
/// again, but may be far away.
/// </summary>
internal static class ShrinkWarning
{
    /// <summary>Says it, if there is something to say.</summary>
    /// <param name="terminal">Where to speak.</param>
    /// <param name="header">Of a request or data file; of those merged for several remotes, the remote that would lose most counts.</param>
    public static void Say(Terminal terminal, OperationsHeader header)
    {
        long from = header.SyncGeometries.Where(geometry => geometry.ResizesTarget)
            .Select(geometry => geometry.Base.Size)
            .DefaultIfEmpty()
            .Max();
        long to = header.TargetSize;
        if (TargetSizing.ShrinksGreatly(from, to))
        {
            string what = to == 0 ? "the master is empty" : "the master has less than half of the remote's bytes";
            terminal.Warn(
                $"{what}: a file would be cut from {SizeText.Exact(from)} to {SizeText.Exact(to)}; 'dtfile apply' does that only with "
                    + "--allow-shrink");
        }
    }

    /// <summary>What to add to the command that takes a run back: what it has made more than twice as long loses more than half.</summary>
    public static string OnWayBack(OperationsHeader header) =>
        header.SyncGeometry.ResizesTarget && TargetSizing.ShrinksGreatly(header.TargetSize, header.SyncGeometry.Base.Size)
            ? " with --allow-shrink"
            : string.Empty;
}
