using BinarySync.Cli.Arguments;

namespace BinarySync.Cli.Inputs;

/// <summary>The path that is checksummed, collected from or patched: a file or block device, read in any order, so not a stream.</summary>
internal static class TargetPath
{
    /// <summary>Refuses the name of the standard streams; a file of that name is `./-`.</summary>
    /// <exception cref="UsageException">It is '-'.</exception>
    public static string Demand(string path) => path != MessageFiles.Standard
        ? path
        : throw new UsageException(
            "'-' is a stream, but a target is read in any order",
            "name a file or block device: only the four kinds of message files can come from a pipe");
}
