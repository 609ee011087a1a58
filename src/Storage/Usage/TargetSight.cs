using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>Unusual properties of a target that do not forbid a patch.</summary>
/// <param name="Links">The number of names of a regular file; 1 for a device.</param>
/// <param name="Marks">The marks that forbid writing. Only a dry run gets as far as that.</param>
/// <param name="Writer">Whether another process may be writing to it.</param>
public sealed record TargetSight(long Links, FileMarks Marks, WriterSign Writer)
{
    /// <summary>
    /// Examines a target before it is opened to be patched: after that, this process would itself be its writer. Never throws.
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
