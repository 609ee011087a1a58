using BinarySync.Storage;

namespace BinarySync.Cli.Texts;

/// <summary>What to do about a failure of a path, by what was being done and what went wrong.</summary>
internal static class StorageHints
{
    /// <summary>The hint; null if the message says all.</summary>
    public static string? For(StorageException failure) => failure.Context switch
    {
        StorageContext.UsualStatePlace when failure.Errno == 0 => "--journal DIR names a directory on a disk",
        StorageContext.UsualStatePlace => "--journal DIR names a directory that can be written",
        StorageContext.HeldOpen => "'fuser -v' with its name shows who has it open; wait, or end that, then run the same command again",
        StorageContext.UsedBySystem => "end that first (umount, swapoff, losetup -d, or what it takes), then run the same command again",
        StorageContext.OutputNotReplaced => "name another output",
        StorageContext.ForeignUndoFile => "name another file with --undo",
        StorageContext.UndoFile => "--undo names a file where there is more room",
        StorageContext.Reserving => "make room on the file system of the target",
        StorageContext.ReservingHoles => "make room on the file system of the target; what was reserved for its holes stays reserved",
        StorageContext.KeepingJournal => "--journal names a directory with more room",
        StorageContext.Patching => "the target is partly patched: remove the cause, then run the same command again to go on",
        StorageContext.DerivingChecksums => "make room and run the same command again, or make the checksum file with ckfile",
        _ when failure.Error == StorageError.UnknownScheme => $"if a file is called so, write ./{failure.Path}",
        _ => failure.Rights ?? For(failure.Error),
    };

    private static string? For(StorageError error) => error switch
    {
        StorageError.Exists => "-f replaces an existing output",
        StorageError.IsLink => "name the file itself, or remove the link",
        StorageError.EndReached => "it became shorter while it was read; use a snapshot, or stop what writes to it",
        StorageError.NoMedium => "insert the medium, or attach what the device is for (losetup, nbd-client), and look at its size with 'blockdev --getsize64'",
        StorageError.SizeUntrue => "copy it to a regular file, and use that",
        StorageError.LengthChanged => "stop what else writes to the target; what it has added lies behind that length: keep it elsewhere, cut the target to that length, then run the same command again",
        StorageError.FileTooLarge => "the file system, or a limit, allows no file of this size: --split makes several (ckfile, dtfile), larger blocks a smaller checksum file",
        StorageError.FlushFailed => "nothing that was written may be believed; look at the system's log before you try again",
        _ => null,
    };
}
