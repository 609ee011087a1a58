namespace BinarySync.Storage;

/// <summary>What went wrong with a path or its content.</summary>
public enum StorageError
{
    /// <summary>The path does not exist.</summary>
    NotFound,

    /// <summary>The path is a directory.</summary>
    IsDirectory,

    /// <summary>The path is a character device, a socket or a pipe, but a file or block device is meant.</summary>
    NotAFileOrBlockDevice,

    /// <summary>The name begins with a scheme that cannot be opened here for this use.</summary>
    UnknownScheme,

    /// <summary>An output exists already.</summary>
    Exists,

    /// <summary>The directory of an output does not exist.</summary>
    DirectoryMissing,

    /// <summary>A block device of 0 bytes: a card reader without a card, a loop device or network disk with nothing attached.</summary>
    NoMedium,

    /// <summary>A file that has more bytes than its size says, like those of /proc: its length cannot be known.</summary>
    SizeUntrue,

    /// <summary>Something else changed the length of a target since it was opened: it is neither cut nor grown.</summary>
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

    /// <summary>Nothing is known to use the target, but not everything that would show it could be checked.</summary>
    Unguarded,

    /// <summary>A file or directory is marked as unchangeable: not even root may write to it.</summary>
    Marked,
}

/// <summary>The action under way, as far as it decides what helps.</summary>
public enum StorageContext
{
    /// <summary>The error says all.</summary>
    None,

    /// <summary>A file of state was to be kept at a place that the user did not choose.</summary>
    UsualStatePlace,

    /// <summary>Another program has the target open or locked.</summary>
    HeldOpen,

    /// <summary>The system itself uses the target: mounted, swapped on, a member of something.</summary>
    UsedBySystem,

    /// <summary>An output has the name of something that is not a regular file.</summary>
    OutputNotReplaced,

    /// <summary>There is an undo file already, and it belongs to another data file.</summary>
    ForeignUndoFile,

    /// <summary>The undo file was being made; nothing is written to the target before it is durable.</summary>
    UndoFile,

    /// <summary>Space for a growing target was being checked or reserved.</summary>
    Reserving,

    /// <summary>As <see cref="Reserving"/>; the space reserved for holes stays reserved.</summary>
    ReservingHoles,

    /// <summary>The journal or the redo was being written, before anything was written to the target.</summary>
    KeepingJournal,

    /// <summary>The target was being written, and is partly patched.</summary>
    Patching,

    /// <summary>The target is patched; its checksum file was being written.</summary>
    DerivingChecksums,
}

/// <summary>
/// A path could not be opened, read, written or flushed. Carries the place and the system's own words. <see cref="Error"/> and
/// <see cref="Context"/> lead to the advice on what to do about it.
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

    /// <summary>The action under way.</summary>
    public StorageContext Context { get; init; }

    /// <summary>
    /// True if the medium does not return the bytes of one place, or returns others than were written: other places may be read all the
    /// same. These are the errors of the block layer and of the file systems.
    /// </summary>
    public bool IsOfMedium => Error == StorageError.ReadFailed && _ofMedium.Contains(Errno);

    /// <summary>The path as the user gave it; "standard output" or "standard input" for those.</summary>
    public string Path { get; }

    /// <summary>The system's error number; 0 if there is none.</summary>
    public int Errno { get; }

    /// <summary>The byte offset at which it happened, if that is known.</summary>
    public long? Offset { get; }

    /// <summary>The checks that were not possible, for <see cref="StorageError.Unguarded"/>.</summary>
    public IReadOnlyList<UnseenTable> Unseen { get; init; } = [];

    /// <summary>The marks that forbid it, for <see cref="StorageError.Marked"/>; <see cref="Path"/> has the marks.</summary>
    public FileMarks Marks { get; init; }

    /// <summary>The owner of the path, and who may do what was refused, if permissions explain it; else null.</summary>
    public string? Rights { get; init; }

    /// <summary>The same error, with the action under way, and with more words behind its own.</summary>
    public StorageException With(StorageContext context, string? words = null) =>
        new(Error, Path, words is null ? Message : $"{Message}; {words}", Errno, Offset, this)
        {
            Context = context,
            Unseen = Unseen,
            Marks = Marks,
            Rights = Rights,
        };
}
