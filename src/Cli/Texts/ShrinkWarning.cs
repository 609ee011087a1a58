using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Cli.Texts;

/// <summary>
/// Warns of a message that would make a target lose more than half of its bytes: perhaps the master was not there when it was read. The
/// user who applies it is asked again, but may be far away.
/// </summary>
internal static class ShrinkWarning
{
    /// <summary>Prints the warning, if there is one.</summary>
    /// <param name="terminal">Takes the warning.</param>
    /// <param name="header">Of a request or data file; if it is merged for several remotes, the one that would lose most counts.</param>
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

    /// <summary>
    /// An addition to the command that takes a run back: if the run has more than doubled the size, the way back loses more than half.
    /// </summary>
    public static string OnWayBack(OperationsHeader header) =>
        header.SyncGeometry.ResizesTarget && TargetSizing.ShrinksGreatly(header.TargetSize, header.SyncGeometry.Base.Size)
            ? " with --allow-shrink"
            : string.Empty;
}
