namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const int PermissionBits = 0xFFF;

    /// <summary>Owner, group and permissions of what a path leads to; the error number, 0 where it worked.</summary>
    public static int TryRights(string path, out FileRights rights)
    {
        Libc.StatusBuffer buffer = default;
        int errno = Libc.Status(CurrentDirectory, path, 0, BasicFields, &buffer) == 0 ? 0 : System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        rights = errno == 0 ? new FileRights(buffer.User, buffer.Group, buffer.Mode & PermissionBits) : default;
        return errno;
    }
}

/// <summary>Who may do what.</summary>
/// <param name="User">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Mode">The permissions, as chmod takes them.</param>
internal readonly record struct FileRights(uint User, uint Group, int Mode);
