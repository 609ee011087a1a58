using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

internal static partial class Posix
{
    private const uint DoNotReplace = 1;

    /// <summary>Gives a file another name in the same directory; the error number, 0 where it worked.</summary>
    public static int TryReplace(string from, string to) => Repeat(() => Libc.Rename(from, to));

    /// <summary>
    /// As <see cref="TryReplace"/>, but <see cref="Errno.Exists"/> where <paramref name="to"/> exists, without a moment in
    /// which another process could slip in (where the file system can do that).
    /// </summary>
    public static int TryRenameNew(string from, string to)
    {
        int errno = Repeat(() => Libc.Rename(CurrentDirectory, from, CurrentDirectory, to, DoNotReplace));
        if (errno is not (Errno.Invalid or Errno.NotImplemented or Errno.NotSupported))
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

        // Neither: FAT and its like. What is left is to look first.
        return TryStatus(to, out _, followLinks: false) == 0 ? Errno.Exists : TryReplace(from, to);
    }

    /// <summary>Removes a name; a failure is of no consequence where this is used.</summary>
    public static void Unlink(string path) => _ = Libc.Unlink(path);

    /// <summary>Removes a name; the error number, 0 where it worked.</summary>
    public static int TryUnlink(string path) => Repeat(() => Libc.Unlink(path));

    /// <summary>The error number, 0 where it worked.</summary>
    /// <param name="mode">Permissions, before the umask.</param>
    public static int TryCreateDirectory(string path, uint mode) => Repeat(() => Libc.CreateDirectory(path, mode));

    // A signal can interrupt these only where the file system is elsewhere, over FUSE or a network. Made after all, the repeated call says so as an error.
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
