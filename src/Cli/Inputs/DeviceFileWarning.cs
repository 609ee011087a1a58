using BinarySync.Cli.Output;
using BinarySync.Storage.Files;

namespace BinarySync.Cli.Inputs;

/// <summary>Warns of a regular file among the device nodes: after a slip in a device's name, a file gets what a disk was to get.</summary>
internal static class DeviceFileWarning
{
    /// <summary>Says it, if there is something to say.</summary>
    /// <param name="terminal">Where to speak.</param>
    /// <param name="path">A source, a target or an output.</param>
    public static void Say(Terminal terminal, string path)
    {
        if (DeviceDirectory.HoldsFile(path))
        {
            terminal.Warn(
                $"{path} is not a device but a regular file in /dev, which takes memory and is gone after a restart; check its name for "
                    + "typing errors");
        }
    }
}
