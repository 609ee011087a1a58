using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const int PermissionBits = 0xFFF;
    private const uint Unchanged = uint.MaxValue;
    private const string AccessList = "system.posix_acl_access";

    /// <summary>The user whose rights this process has.</summary>
    public static uint EffectiveUserId => Libc.EffectiveUser();

    /// <summary>The permissions that this process removes from the files that it makes. It never changes.</summary>
    public static int Umask => Mask.Value;

    /// <summary>Owner, group and permissions of the file at a path; returns the error number, 0 if it worked.</summary>
    public static int TryRights(string path, out FileRights rights, bool followLinks = true)
    {
        Libc.StatusBuffer buffer;
        int errno = Examine(path, followLinks ? 0 : DoNotFollowLinks, BasicFields, &buffer);
        rights = errno == 0 ? RightsOf(buffer) : default;
        return errno;
    }

    /// <summary>Owner, group and permissions of an open file.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.ReadFailed"/>.</exception>
    public static FileRights Rights(SafeFileHandle file, string name)
    {
        Libc.StatusBuffer buffer;
        int errno = Examine(file, BasicFields, &buffer);
        return errno == 0 ? RightsOf(buffer) : throw Failure.System(errno, StorageError.ReadFailed, name, "examine");
    }

    /// <summary>
    /// True if an access control list says more than the permissions: the group bits are then the most that it allows anyone.
    /// </summary>
    public static bool HasAccessList(string path) => Libc.ExtendedAttribute(path, AccessList, null, 0) > 0;

    /// <summary>As the other, for an open file.</summary>
    public static bool HasAccessList(SafeFileHandle file) => HasAccessList(PathOf(file));

    /// <summary>fchmod; the error number, 0 if it worked.</summary>
    public static int TryChangeMode(SafeFileHandle file, int mode) => Repeat(() => Libc.ChangeMode(file, (uint)mode));

    /// <summary>Gives a file another group; returns the error number, 0 if it worked.</summary>
    public static int TryChangeGroup(SafeFileHandle file, uint group) => Repeat(() => Libc.ChangeOwner(file, Unchanged, group));

    private static FileRights RightsOf(Libc.StatusBuffer buffer) => new(buffer.User, buffer.Group, buffer.Mode & PermissionBits);

    private static class Mask
    {
        public static readonly int Value = Read();

        // The mask can only be read by setting it: for that moment, to one that gives nothing away.
        private static int Read()
        {
            uint mask = Libc.SetMask(0x3F); // rwxrwx taken away
            _ = Libc.SetMask(mask);
            return (int)mask;
        }
    }
}

/// <summary>Who may do what.</summary>
/// <param name="User">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Mode">The permissions, as chmod takes them.</param>
internal readonly record struct FileRights(uint User, uint Group, int Mode);
