using BinarySync.Cli.Advice;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Storage;
using BinarySync.Storage.Usage;

namespace BinarySync.Cli.Texts;

/// <summary>Warns of unusual properties of a target, before hours of work.</summary>
internal static class TargetWarnings
{
    /// <summary>Prints the warnings, one line each.</summary>
    /// <param name="terminal">Takes the warnings.</param>
    /// <param name="target">The path that was opened to be patched.</param>
    /// <param name="sight">Its properties before that.</param>
    /// <param name="isUnguarded">The user has accepted that not everything can be checked.</param>
    public static void Say(Terminal terminal, string target, TargetSight sight, bool isUnguarded)
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
                    + $"to see the process: {ShellText.Line(["fuser", "-v", target])}");
        }

        // Only in a dry run: otherwise it could not have been opened.
        if (sight.Marks != FileMarks.None)
        {
            terminal.Warn($"{target} is marked against changes, and cannot be patched like that: {MarkAdvice.For(target, sight.Marks)}");
        }

        // Without that, the target was opened because all could be checked then.
        if (isUnguarded && DeviceUsage.UnseenOfTarget(target) is [_, ..] unseen)
        {
            terminal.Warn(
                $"cannot tell whether something uses {target}: {string.Join(", ", unseen)}; patched anyway, because of --unguarded");
        }
    }
}
