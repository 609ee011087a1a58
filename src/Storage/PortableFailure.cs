namespace BinarySync.Storage;

/// <summary>Turns the exceptions of the base class library into those of this layer.</summary>
internal static class PortableFailure
{
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockOfMacOS = 35;

    public static bool IsSystem(Exception error) => error is (IOException or UnauthorizedAccessException) and not StorageException;

    public static StorageException From(Exception error, StorageError otherwise, string path, string action, long? offset = null)
    {
        StorageError kind = error switch
        {
            FileNotFoundException or DirectoryNotFoundException => StorageError.NotFound,
            _ when IsNoSpace(error.HResult) => StorageError.NoSpace,
            _ when IsShared(error.HResult) => StorageError.InUse,
            _ => otherwise,
        };
        string at = offset is { } place ? $" (offset {place})" : "";
        string message = $"{path}: cannot {action}: {error.Message.TrimEnd('.')}{at}";
        return new StorageException(kind, path, message, error.HResult & 0xFFFF, offset);
    }

    // Outside Windows the base class library passes the system's error number through.
    private static bool IsNoSpace(int result) =>
        OperatingSystem.IsWindows() ? result is WindowsDiskFull or WindowsHandleDiskFull : result == BinarySync.Storage.Errno.NoSpace;

    private static bool IsShared(int result) =>
        OperatingSystem.IsWindows() ? result == WindowsSharingViolation : result is Errno.TryAgain or WouldBlockOfMacOS;
}
