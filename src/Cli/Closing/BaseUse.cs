using BinarySync.Cli.Output;
using BinarySync.Sync.Collecting;

namespace BinarySync.Cli.Closing;

/// <summary>What the master's own copy of the old content was good for (`dtfile --base`).</summary>
internal static class BaseUse
{
    /// <summary>Warns of a copy that is not what the remote has, or not in all places.</summary>
    /// <param name="terminal">Takes the warning.</param>
    /// <param name="old">The name of the copy; null if there was none.</param>
    /// <param name="counts">What it was good for.</param>
    public static void Warn(Terminal terminal, string? old, PrefixCounts counts)
    {
        if (old is not null && counts.Unfit > 0)
        {
            terminal.Warn(
                counts.Unfit == counts.Frames
                    ? $"{old} is not what the remote has, or cannot be read, in each frame: nothing is compressed over it"
                    : $"{old} is not what the remote has, or cannot be read, in {counts.Unfit} of {counts.Frames} frames: they are "
                        + "compressed without it");
        }
    }

    /// <summary>Says how many frames are compressed over it.</summary>
    public static void Say(Terminal terminal, string? old, PrefixCounts counts)
    {
        if (old is not null && counts.Unfit < counts.Frames)
        {
            terminal.Summary($"{counts.Over} of {counts.Frames} frames are compressed over the content of {old}");
        }
    }

    /// <summary>The same for scripts.</summary>
    public static void Report(Report report, string? old, PrefixCounts counts)
    {
        if (old is null)
        {
            return;
        }

        report.BeginObject("base");
        report.AddHidden("file", old);
        report.Add("frames", null, counts.Frames);
        report.Add("frames_over_it", null, counts.Over);
        report.Add("frames_unlike_it", null, counts.Unfit);
        report.EndObject();
    }
}
