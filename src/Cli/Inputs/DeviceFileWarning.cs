using BinarySync.Cli.Output;
using BinarySync.Storage.Files;

namespace BinarySync.Cli.Inputs;

/// <summary>
/// Warns of a regular file among the device nodes: after a typing error in a device's name, a file gets what was meant for a disk.
/// </summary>
internal static class DeviceFileWarning
{
    /// <summary>Prints the warning, if there is one.</summary>
    /// <param name="terminal">Takes the warning.</param>
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
