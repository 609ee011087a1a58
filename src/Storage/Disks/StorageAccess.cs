using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Disks;

/// <summary>
/// Turns a name into a storage, by the entries of <see cref="StorageSchemes"/>: regular files everywhere, block devices on Linux.
/// </summary>
public static class StorageAccess
{
    /// <summary>Opens a file or block device for reading, without any lock.</summary>
    /// <param name="cache">What becomes of the page cache behind its readers.</param>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.UnknownScheme"/>, <see cref="StorageError.NotFound"/>, <see cref="StorageError.IsDirectory"/>,
    /// <see cref="StorageError.NotAFileOrBlockDevice"/>, <see cref="StorageError.OpenFailed"/>,
    /// <see cref="StorageError.NoMedium"/>, <see cref="StorageError.SizeUntrue"/>.
    /// </exception>
    public static IReadableStorage OpenSource(string path, CachePolicy cache = CachePolicy.Keep) =>
        StorageSchemes.Known.OfSource(path).OpenSource(path, cache);

    /// <summary>
    /// Opens a file or block device to be patched in place, and first makes sure that nothing else uses it. A device is opened exclusively,
    /// and must not be mounted, swapped on or held (nor its partitions). A file must not be locked, swapped on or under a loop device, and
    /// stays locked until it is disposed.
    /// </summary>
    /// <param name="messageFiles">
    /// Paths of the files of this run, existing or to be made: none of them may be the target or lie on it.
    /// </param>
    /// <param name="readOnly">For a dry run: the same guards, but the storage refuses writes.</param>
    /// <param name="cache">
    /// What becomes of the page cache behind a pass that says that it reads once (<see cref="IReadableStorage.ReadOnce"/>).
    /// </param>
    /// <param name="unguarded">
    /// True: opens it although something could not be checked (<see cref="DeviceUsage.UnseenOfTarget"/>). If a user is seen, the target is
    /// refused all the same.
    /// </param>
    /// <exception cref="StorageException">
    /// As <see cref="OpenSource"/>, and <see cref="StorageError.InUse"/>, <see cref="StorageError.Unguarded"/>.
    /// </exception>
    public static IWritableStorage OpenTarget(
        string path, IReadOnlyList<string> messageFiles, bool readOnly =
            false, CachePolicy cache = CachePolicy.Keep, bool unguarded = false)
    {
        ArgumentNullException.ThrowIfNull(messageFiles);
        return StorageSchemes.Known.OfTarget(path).OpenTarget(path, messageFiles, readOnly, cache, unguarded);
    }
}
