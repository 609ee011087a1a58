using BinarySync.Cli.Advice;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Storage;
using BinarySync.Storage.Usage;

namespace BinarySync.Cli.Texts;

/// <summary>Warns of what is unusual with a target, before hours of work.</summary>
internal static class TargetWarnings
{
    /// <summary>Says it, one line each.</summary>
    /// <param name="terminal">Where to speak.</param>
    /// <param name="target">What was opened to be patched.</param>
    /// <param name="sight">What it was before.</param>
    public static void Say(Terminal terminal, string target, TargetSight sight)
    {
        DeviceFileWarning.Say(terminal, target);

        if (sight.Links > 1)
        {
            terminal.Warn($"{target} has {sight.Links} names (hard links): the file changes under each of them");
        }

        if (sight.Writer != WriterSign.None)
        {
            terminal.Warn(
                $"another process has {target} open for writing, or mapped: its writes meanwhile are lost, or damage the patched blocks; "
                    + "'fuser -v' with its name shows the process");
        }

        // Otherwise it could not be opened.
        if (sight.Marks != FileMarks.None)
        {
            terminal.Warn($"{target} is marked against changes, and cannot be patched like that: {MarkAdvice.For(target, sight.Marks)}");
        }

        // It was opened: so the user has taken that upon himself.
        if (DeviceUsage.UnseenOfTarget(target) is [_, ..] unseen)
        {
            terminal.Warn(
                $"cannot tell whether something uses {target}: {string.Join(", ", unseen)}; patched anyway, because of --unguarded");
        }
    }
}
