using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>What is unusual with a target, though nothing forbids to patch it.</summary>
/// <param name="Links">How many names a regular file has; 1 of a device.</param>
/// <param name="Marks">What forbids that it is written. Only a dry run gets as far as that.</param>
/// <param name="Writer">Whether another process may be writing to it.</param>
public sealed record TargetSight(long Links, FileMarks Marks, WriterSign Writer)
{
    /// <summary>
    /// Looks at a target before it is opened to be patched: after that, this process would itself be its writer. Never throws.
    /// </summary>
    public static TargetSight Look(string path)
    {
        if (!Posix.IsSupported || Posix.TryStatus(path, out FileStatus status) != 0)
        {
            return new TargetSight(1, FileMarks.None, WriterSign.None);
        }

        return new TargetSight(status.Type == NodeType.RegularFile ? status.Links : 1, status.Marks, FileUsage.WriterOf(path));
    }
}
