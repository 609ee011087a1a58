using System.Text;
using BinarySync.Storage.Disks;
using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.State;

/// <summary>
/// Names a target so that it is recognised after a restart, when a device may have another name. The beginning says what kind of name it
/// is: "file:", "dm:", "md:", "loop:", "part:", "wwid:", "serial:", and, if nothing better is known, "name:" or "number:".
/// </summary>
public static class TargetIdentity
{
    private const int Longest = 255;

    /// <summary>The real path of a regular file; what the kernel knows of a block device.</summary>
    /// <returns>At most 255 bytes of UTF-8, without control characters. A text that does not fit is replaced by its hash.</returns>
    /// <exception cref="StorageException">As <see cref="StorageAccess.OpenSource"/>.</exception>
    public static string Of(string path) => Fit(StorageSchemes.Known.OfTarget(path).Identify(path));

    /// <summary>The identity of a block device.</summary>
    internal static string Of(DeviceNumber number, KernelView kernel) => Fit(DeviceName.Of(number, kernel));

    /// <summary>The identity itself, or its kind and a hash.</summary>
    internal static string Fit(string identity) =>
        Encoding.UTF8.GetByteCount(identity) <= Longest && !identity.Any(char.IsControl)
            ? identity
            : $"{identity[..identity.IndexOf(':', StringComparison.Ordinal)]}:sha256:{HashText.Of(identity)}";
}
