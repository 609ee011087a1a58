using BinarySync.Cli.Output;
using BinarySync.Storage;

namespace BinarySync.Cli.Texts;

/// <summary>What to do about a failure of a path, by the action under way and the kind of failure.</summary>
internal static class StorageHints
{
    /// <summary>The hint; null if the message says all.</summary>
    public static string? For(StorageException failure) => failure.Context switch
    {
        StorageContext.UsualStatePlace when failure.Errno == 0 => "use --journal DIR with a directory on a disk",
        StorageContext.UsualStatePlace => "use --journal DIR with a directory that you can write to",
        StorageContext.HeldOpen =>
            $"{ShellText.Line(["fuser", "-v", failure.Path])} shows which process has it open; wait, or end that process, then run the "
                + "same command again",
        StorageContext.UsedBySystem => "end that use first (umount, swapoff, losetup -d or similar), then run the same command again",
        StorageContext.OutputNotReplaced => "name another output",
        StorageContext.ForeignUndoFile => "name another file with --undo",
        StorageContext.UndoFile => "use --undo with a file on a file system with more room",
        StorageContext.Reserving => "make room on the file system of the target",
        StorageContext.ReservingHoles =>
            "make room on the file system of the target; the space that was reserved for its holes stays reserved",
        StorageContext.KeepingJournal => "use --journal with a directory that has more room",
        StorageContext.Patching => "the target is partly patched: remove the cause, then run the same command again to resume",
        StorageContext.DerivingChecksums => "make room and run the same command again, or make the checksum file with ckfile",
        _ when failure.Error == StorageError.UnknownScheme => $"if a file has that name, write ./{failure.Path}",
        _ => failure.Rights ?? For(failure.Error),
    };

    private static string? For(StorageError error) => error switch
    {
        StorageError.Exists => "-f replaces an existing output",
        StorageError.IsLink => "name the file itself, or remove the link",
        StorageError.EndReached => "it became shorter while it was read; use a snapshot, or stop the program that writes to it",
        StorageError.NoMedium =>
            "insert the medium, or attach a file or server to the device (losetup, nbd-client), and check its size with 'blockdev "
                + "--getsize64'",
        StorageError.SizeUntrue => "copy it to a regular file, and use that",
        StorageError.LengthChanged =>
            "stop the other program that writes to the target; save the bytes that it added behind that length, cut the target to that "
                + "length, then run the same command again",
        StorageError.FlushFailed => "do not trust anything that was written; check the system log before you try again",
        StorageError.FileTooLarge =>
            "the file system, or a limit, does not allow a file of this size: ckfile and dtfile make several with --split; larger blocks "
                + "make a smaller checksum file",
        _ => null,
    };
}
