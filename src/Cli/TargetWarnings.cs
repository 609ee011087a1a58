using BinarySync.Storage;

namespace BinarySync.Cli;

/// <summary>Warns of what is unusual with a target, before hours of work.</summary>
internal static class TargetWarnings
{
    /// <summary>Says it, one line each.</summary>
    /// <param name="terminal">Where to speak.</param>
    /// <param name="target">What was opened to be patched.</param>
    public static void Say(Terminal terminal, string target)
    {
        // It was opened: so the user has taken that upon himself.
        if (DeviceUsage.UnseenOfTarget(target) is [_, ..] unseen)
        {
            terminal.Warn($"cannot tell whether something uses {target}: {string.Join(", ", unseen)}; patched all the same, because of --unguarded");
        }
    }
}
