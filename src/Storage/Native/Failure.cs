using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

/// <summary>Makes the errors of this layer. Every message begins with the path and makes sense alone.</summary>
internal static class Failure
{
    /// <summary>An error of the system, in its own words. "No space" and "too large" have their own kinds, whatever the action.</summary>
    /// <param name="otherwise">The kind if <paramref name="errno"/> has no kind of its own.</param>
    /// <param name="action">What could not be done: "read", "write", "open", ...</param>
    public static StorageException System(int errno, StorageError otherwise, string path, string action, long? offset = null)
    {
        StorageError error = errno switch
        {
            Errno.NoSpace or Errno.QuotaExceeded => StorageError.NoSpace,
            Errno.FileTooLarge => StorageError.FileTooLarge,
            _ => otherwise,
        };

        return new StorageException(error, path, $"{path}: cannot {action}: {Words(errno)}{At(offset)}", errno, offset);
    }

    /// <summary>A failed flush keeps this kind, even if the cause is a full disk: the written bytes may not be believed.</summary>
    public static StorageException Flush(int errno, string path) =>
        new(StorageError.FlushFailed, path, $"{path}: cannot flush: {Words(errno)}", errno);

    public static StorageException Open(int errno, string path, bool writes = false) => errno switch
    {
        Errno.NoEntry or Errno.NotADirectory => new(StorageError.NotFound, path, $"{path}: {Words(errno)}", errno),
        Errno.IsADirectory => Of(StorageError.IsDirectory, path, "is a directory", errno),
        Errno.AccessDenied =>
            new(StorageError.OpenFailed, path, $"{path}: cannot open: {Words(errno)}", errno)
            {
                Rights = AccessRights.Explain(path, writes),
            },
        Errno.NotPermitted when MarksOf(path) is var marks and not FileMarks.None => Marked(path, marks, $"{path}: cannot open: it"),
        Errno.Busy or Errno.TextBusy => InUse(path, Words(errno), errno),
        _ => System(errno, StorageError.OpenFailed, path, "open"),
    };

    /// <summary>A mark forbids it, although the permissions may allow it.</summary>
    /// <param name="path">The marked path.</param>
    /// <param name="beginning">The message up to the verb.</param>
    public static StorageException Marked(string path, FileMarks marks, string beginning) =>
        new(StorageError.Marked, path, $"{beginning} is marked {marks.Words()}", Errno.NotPermitted) { Marks = marks };

    public static StorageException EndReached(string path, long offset) =>
        new(StorageError.EndReached, path, $"{path}: ended while it was read{At(offset)}", offset: offset);

    public static StorageException NoRoom(string path, long needed, long free) =>
        new(
            StorageError.NoSpace,
            path,
            $"{path}: cannot grow: {Words(Errno.NoSpace)}: it needs {needed} bytes more, and its file system has {free} free",
            Errno.NoSpace);

    public static StorageException LengthChanged(string path, long expected, long found) =>
        new(
            StorageError.LengthChanged,
            path,
            $"{path}: has {found} bytes instead of {expected}: something else changed its length, and it was left as it is",
            offset: expected);

    public static StorageException InUse(string path, string how, int errno = 0, StorageContext context = StorageContext.None) =>
        new(StorageError.InUse, path, $"{path}: in use: {how}", errno) { Context = context };

    /// <summary>Nothing is known to use a target, because not everything could be checked.</summary>
    public static StorageException Unguarded(string path, IReadOnlyList<UnseenTable> unseen) =>
        new(StorageError.Unguarded, path, $"{path}: cannot tell whether something uses it: {string.Join(", ", unseen)}")
        {
            Unseen = unseen,
        };

    public static StorageException Of(StorageError error, string path, string what, int errno = 0) =>
        new(error, path, $"{path}: {what}", errno);

    private static FileMarks MarksOf(string path) => Posix.TryStatus(path, out FileStatus status) == 0 ? status.Marks : FileMarks.None;

    private static string Words(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    private static string At(long? offset) => offset is { } at ? $" (offset {at})" : "";
}
