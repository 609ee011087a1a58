using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const uint DoNotReplace = 1;
    private const int FollowLinks = 0x400;

    /// <summary>Gives a file another name in the same directory; the error number, 0 if it worked.</summary>
    public static int TryReplace(string from, string to) => Repeat(() => Libc.Rename(from, to));

    /// <summary>
    /// As <see cref="TryReplace"/>, but <see cref="Errno.Exists"/> if <paramref name="to"/> exists. If the file system can do that, there
    /// is no moment in which another process could slip in.
    /// </summary>
    public static int TryRenameNew(string from, string to)
    {
        int errno = Repeat(() => Libc.Rename(CurrentDirectory, from, CurrentDirectory, to, DoNotReplace));
        if (!IsKeptAway(errno))
        {
            return errno;
        }

        errno = Repeat(() => Libc.Link(from, to));
        if (errno == 0)
        {
            _ = Libc.Unlink(from);
            return 0;
        }

        if (errno == Errno.Exists)
        {
            return errno;
        }

        // Neither call works: FAT and similar file systems. The only way left is to check first.
        return TryStatus(to, out _, followLinks: false) == 0 ? Errno.Exists : TryReplace(from, to);
    }

    /// <summary>
    /// A new file without a name, which <see cref="TryName"/> can give one. Null, and no error, if the file system has no such files or the
    /// system has no way to name them.
    /// </summary>
    /// <param name="mode">Permissions, before the umask.</param>
    /// <returns>The error number, 0 if there was none.</returns>
    public static int TryCreateNameless(string directory, uint mode, out SafeFileHandle? file)
    {
        int errno = TryOpen(directory, OpenFlags.ReadWrite | OpenFlags.Temporary, out file, mode);
        if (errno != 0)
        {
            return IsWithoutNameless(errno) ? 0 : errno;
        }

        // Without /proc there is no path by which an unprivileged process could name it. And filters refuse linkat in some containers: that
        // is checked now, and not after hours of reading. This name always exists, so a working call has no other answer.
        bool hasPath = TryStatus(PathOf(file!), out FileStatus status) == 0 && status.IsSameNode(Status(file!, directory));
        errno = hasPath ? TryName(file!, Path.Combine(directory, ".")) : Errno.NoEntry;
        if (errno == Errno.Exists)
        {
            return 0;
        }

        file!.Dispose();
        file = null;
        return IsWithoutNaming(errno) ? 0 : errno;
    }

    /// <summary>The errors by which a file system says that it has no files without a name.</summary>
    public static bool IsWithoutNameless(int errno) =>
        errno == Errno.IsADirectory || IsKeptAway(errno);

    /// <summary>The errors that mean: a file without a name cannot get one here, but another file could.</summary>
    public static bool IsWithoutNaming(int errno) =>
        errno is Errno.AccessDenied or Errno.NoEntry or Errno.OtherDevice or Errno.Loop || IsKeptAway(errno);

    /// <summary>
    /// Locks a whole file until it is closed, so that others see that its process lives. True if that is known to have worked, and nobody
    /// else holds it.
    /// </summary>
    public static bool TryHold(SafeFileHandle file)
    {
        Libc.FileLock wanted = new() { Type = WriteLock };
        int errno;
        while ((errno = Libc.Lock(file, SetLock, &wanted) == 0 ? 0 : Marshal.GetLastPInvokeError()) == Errno.Interrupted)
        {
        }

        return errno == 0;
    }

    /// <summary>Gives a file without a name a free one; returns the error number, 0 if it worked.</summary>
    public static int TryName(SafeFileHandle file, string name) =>
        Repeat(() => Libc.Link(CurrentDirectory, PathOf(file), CurrentDirectory, name, FollowLinks));

    /// <summary>Removes a name; its callers ignore a failure.</summary>
    public static void Unlink(string path) => _ = Libc.Unlink(path);

    /// <summary>Removes a name; returns the error number, 0 if it worked.</summary>
    public static int TryUnlink(string path) => Repeat(() => Libc.Unlink(path));

    /// <summary>The error number, 0 if it worked.</summary>
    /// <param name="mode">Permissions, before the umask.</param>
    public static int TryCreateDirectory(string path, uint mode) => Repeat(() => Libc.CreateDirectory(path, mode));

    private static string PathOf(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    // A signal can interrupt these calls only if the file system is elsewhere, over FUSE or a network. If the interrupted call did its work
    // after all, the repeated call reports that as an error.
    private static int Repeat(Func<int> call)
    {
        int errno;
        do
        {
            errno = call() == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (errno == Errno.Interrupted);

        return errno;
    }
}
