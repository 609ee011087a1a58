namespace BinarySync.Storage;

/// <summary>What went wrong with a path or its content.</summary>
public enum StorageError
{
    /// <summary>The path does not exist.</summary>
    NotFound,

    /// <summary>The path is a directory.</summary>
    IsDirectory,

    /// <summary>The path is a character device, a socket or a pipe, where a file or block device is meant.</summary>
    NotAFileOrBlockDevice,

    /// <summary>The name begins as no name does that can be opened here for this use.</summary>
    UnknownScheme,

    /// <summary>An output exists already.</summary>
    Exists,

    /// <summary>The directory of an output does not exist.</summary>
    DirectoryMissing,

    /// <summary>A block device of 0 bytes: a card reader without a card, a loop device or network disk that nothing is attached
    /// to.</summary>
    NoMedium,

    /// <summary>A file that has more bytes than its size says, as those of /proc do: how long it is cannot be known.</summary>
    SizeUntrue,

    /// <summary>Something else changed the length of a target since it was opened: it is neither cut nor made longer.</summary>
    LengthChanged,

    /// <summary>Opening failed for another reason: permission, a read-only file system, ...</summary>
    OpenFailed,

    ReadFailed,

    /// <summary>The storage ended before the bytes that were asked for: it shrank.</summary>
    EndReached,

    WriteFailed,

    /// <summary>ENOSPC or EDQUOT.</summary>
    NoSpace,

    /// <summary>EFBIG: the file system (FAT32: 4 GiB) or a limit does not allow a file of this size.</summary>
    FileTooLarge,

    /// <summary>fsync failed.</summary>
    FlushFailed,

    /// <summary>The target is mounted, held, locked, swapped on, backs a loop device, or is one of the files of this very run.</summary>
    InUse,

    /// <summary>The last name of an output is a symbolic link.</summary>
    IsLink,

    /// <summary>A file of state, or the place for one, could have been written by somebody else: it is neither believed nor used.</summary>
    Untrusted,

    /// <summary>Nothing is known to use the target, but not everything that would tell it could be looked at.</summary>
    Unguarded,

    /// <summary>A file or directory is marked as one that is not changed: not even root may write to it.</summary>
    Marked,
}

/// <summary>What was being done, as far as it decides what helps.</summary>
public enum StorageContext
{
    /// <summary>The error says all.</summary>
    None,

    /// <summary>A file of state was to be kept at a place that nobody has chosen.</summary>
    UsualStatePlace,

    /// <summary>Another program has the target open or locked.</summary>
    HeldOpen,

    /// <summary>The system itself uses the target: mounted, swapped on, a member of something.</summary>
    UsedBySystem,

    /// <summary>An output has the name of something that is no regular file.</summary>
    OutputNotReplaced,

    /// <summary>There is an undo file already, and it is another data file's.</summary>
    ForeignUndoFile,

    /// <summary>The undo file was being made; nothing is written to the target before it is durable.</summary>
    UndoFile,

    /// <summary>Room for a growing target was being sought or reserved.</summary>
    Reserving,

    /// <summary>As <see cref="Reserving"/>; what was reserved for holes stays reserved.</summary>
    ReservingHoles,

    /// <summary>The journal or the redo was being written, before anything was written to the target.</summary>
    KeepingJournal,

    /// <summary>The target was being written, and is partly patched.</summary>
    Patching,

    /// <summary>The target is patched; its checksum file was being written.</summary>
    DerivingChecksums,
}

/// <summary>
/// A path could not be opened, read, written or flushed. Carries the place and the system's own words. What to do about it is looked up
/// by <see cref="Error"/> and <see cref="Context"/>.
/// </summary>
public sealed class StorageException : IOException
{
    private static readonly int[] _ofMedium =
    [
        BinarySync.Storage.Errno.InputOutput,
        BinarySync.Storage.Errno.NoData,
        BinarySync.Storage.Errno.RemoteInputOutput,
        BinarySync.Storage.Errno.IllegalSequence,
        BinarySync.Storage.Errno.TimedOut,
        BinarySync.Storage.Errno.BadMessage,
        BinarySync.Storage.Errno.NeedsCleaning,
    ];

    public StorageException(StorageError error, string path, string message, int errno = 0, long? offset = null, Exception? inner = null)
        : base(message, inner)
    {
        Error = error;
        Path = path;
        Errno = errno;
        Offset = offset;
    }

    public StorageError Error { get; }

    /// <summary>What was being done.</summary>
    public StorageContext Context { get; init; }

    /// <summary>
    /// True if the medium does not give the bytes of one place, or gives others than it was given: others may be read all the same.
    /// The block layer's words for that, and the file systems'.
    /// </summary>
    public bool IsOfMedium => Error == StorageError.ReadFailed && _ofMedium.Contains(Errno);

    /// <summary>The path as the user gave it; "standard output" or "standard input" for those.</summary>
    public string Path { get; }

    /// <summary>The system's error number; 0 if there is none.</summary>
    public int Errno { get; }

    /// <summary>The byte offset at which it happened, if that is known.</summary>
    public long? Offset { get; }

    /// <summary>What could not be looked at, of <see cref="StorageError.Unguarded"/>.</summary>
    public IReadOnlyList<UnseenTable> Unseen { get; init; } = [];

    /// <summary>What forbids it, of <see cref="StorageError.Marked"/>; <see cref="Path"/> has the marks.</summary>
    public FileMarks Marks { get; init; }

    /// <summary>Whose the path is and who may do what was refused, if permissions explain it; else null.</summary>
    public string? Rights { get; init; }

    /// <summary>The same error, with what was being done, and with more words behind its own.</summary>
    public StorageException With(StorageContext context, string? words = null) =>
        new(Error, Path, words is null ? Message : $"{Message}; {words}", Errno, Offset, this)
        {
            Context = context,
            Unseen = Unseen,
            Marks = Marks,
            Rights = Rights,
        };
}
