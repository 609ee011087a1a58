using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>Other programs that might be writing to a regular file.</summary>
public static class FileUsage
{
    /// <summary>Asks the kernel. This process must not have the file open for writing: it would be told of itself.</summary>
    /// <returns>Also <see cref="WriterSign.None"/> if it is no regular file, or if the system does not tell. Never throws.</returns>
    public static WriterSign WriterOf(string path)
    {
        // Opening another kind of node could wait, or rewind a tape.
        if (!Posix.IsSupported
            || Posix.TryStatus(path, out FileStatus status) != 0
            || status.Type != NodeType.RegularFile
            || Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking, out SafeFileHandle? file) != 0)
        {
            return WriterSign.None;
        }

        using (file)
        {
            return Posix.IsLockedForWriting(file!) ? WriterSign.Locked
                : Posix.IsOpenForWriting(file!) == true ? WriterSign.Open
                : WriterSign.None;
        }
    }
}
