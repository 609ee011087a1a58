using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

// Owners and permissions.
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Sets the umask and returns the one before.</summary>
    [LibraryImport(Name, EntryPoint = "umask")]
    public static partial uint SetMask(uint mask);

    [LibraryImport(Name, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport(Name, EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    /// <summary>With a size of 0: the length of the value.</summary>
    [LibraryImport(Name, EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ExtendedAttribute(string path, string attribute, byte* value, nuint size);

    /// <summary>fstatat. The C library has this name from 2.33 on.</summary>
    [LibraryImport(Name, EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PlainStatus(int directory, string path, byte* status, int flags);

    /// <summary>fstatat of a descriptor, with an empty path.</summary>
    [LibraryImport(Name, EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PlainStatus(SafeFileHandle file, string path, byte* status, int flags);
}
