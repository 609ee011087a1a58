using BinarySync.Cli.Arguments;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Sync;

namespace BinarySync.Cli.Advice;

/// <summary>What the user may have meant, if a run has failed because of the files that it was given.</summary>
internal static class FailureAdvice
{
    /// <summary>What to do about a set that was not completed.</summary>
    internal const string SomePartsStay = "complete parts are kept: make each of the others with --part N, or all again with -f";

    private const string ByItself = "--abandon-journal gives up the journal: every block is then accepted or refused on its own";

    /// <summary>The hint, in place of the usual one; null if nothing better is known.</summary>
    public static string? For(Exception failure, TypedLine line, string tool) => failure switch
    {
        MessageFormatException { MessageName: MessageFiles.StandardInputName } format => OfPipe(format, line.Has("--stream")),
        MessageFormatException undo when undo.MessageName == line.ValueOf("--undo") => "name another file with --undo",
        MessageFormatException { Error: FormatError.NotAMessage } format => OfNoMessage(format, line, tool),
        MessageFormatException { Error: FormatError.WrongKind, Found: { } kind } format =>
            OfWrongKind(format.MessageName, kind, line, tool),
        StorageException { Error: StorageError.Untrusted } untrusted => OfUntrusted(untrusted.Path, line),
        StorageException { Error: StorageError.Unguarded } blind => OfBlindGuard(blind),
        StorageException { Error: StorageError.Marked } marked => MarkAdvice.For(marked.Path, marked.Marks),
        StorageException { Path: "/dev/stdout" } => "'-o -' is standard output",
        StorageException { Error: StorageError.NotFound } missing when line.Files is [var first, ..] && missing.Path == first =>
            LineAdvice.MeantCommand(line, tool),
        StorageException { Error: StorageError.Exists } taken when taken.Path == line.ValueOf("--repair") =>
            "name another file with --repair",
        StorageException { Error: StorageError.Exists } when tool == "dtfile" && line.ValueOf("--split") is not null =>
            "-f makes all parts again; --part N makes one of them",
        StorageException { Error: StorageError.NoSpace, Context: StorageContext.None } full
            when full.Path == line.ValueOf("--output") && line.ValueOf("--split") is null =>
                "make room on that file system, or write to another one",
        StorageException { Error: StorageError.WriteFailed or StorageError.NoSpace or StorageError.FileTooLarge }
            when tool == "dtfile" && line.ValueOf("--split") is not null && line.ValueOf("--part") is null => SomePartsStay,
        SyncException { Progress: { } progress } changed => OfChangedMessage(changed.Subject, progress),
        SyncException { Error: SyncError.UnreadableButBrought } => "--overwrite-unreadable writes them: the data file contains them whole",
        SyncException { Error: SyncError.Unreadable } when (tool, line.Command) == ("ckfile", "") =>
            "--read-errors skip leaves out the unreadable blocks and lists all of them",
        SyncException { Error: SyncError.HolesUntrue } => "--holes read trusts none of them",
        SyncException { Error: SyncError.ShrinksGreatly } =>
            "is that size meant? a master that was missing when it was read is empty, and an undo file takes a growth back; if it is "
                + "meant, add --allow-shrink",
        SyncException { Error: SyncError.Mismatch or SyncError.Unrecognized } when (tool, line.Command) == ("dtfile", "apply") =>
            OfOtherTarget(line),
        SyncException { Error: SyncError.OtherTarget } =>
            $"put back the target that was being patched; for this one, {ByItself}",
        SyncException { Error: SyncError.TargetNotProved } =>
            $"if you know that it is, --force-unrecognized overwrites blocks that are neither old nor new; {ByItself}",
        SyncException { Error: SyncError.ForeignRedo } =>
            $"somebody else may have put it there: check its owner; {ByItself}",
        UsageException { Hint: var hint }
            when (tool, line.Command, line.ValueOf("--request") ?? line.ValueOf("--remote")) == ("dtfile", "", null) =>
                LineAdvice.OfDataFile(line) ?? hint,
        _ => null,
    };

    /// <summary>
    /// What has become of the target when `dtfile apply` refuses a single data file; null if the message says so itself, or if nothing is
    /// known here. The data file, the own request and the undo file are verified before anything is written, and are pinned from then on.
    /// </summary>
    public static string? StateAfter(Exception failure, TypedLine line, string tool)
    {
        if ((tool, line.Command) != ("dtfile", "apply") || line.Has("--stream") || line.Files is not [var patch, _])
        {
            return null;
        }

        bool isUntouched = failure switch
        {
            MessageFormatException { MessageName: var name } =>
                name == MessageFiles.NameOf(patch) || name == line.ValueOf("--request") || name == line.ValueOf("--undo"),
            SyncException { Reason: SyncReason.OtherTargetSize or SyncReason.DeviceTooSmall } => true,
            _ => false,
        };
        return isUntouched ? "nothing was written" : null;
    }

    // The content of a pipe is made anew each time: there is no file to be copied again, but a command that may have failed.
    private static string? OfPipe(MessageFormatException failure, bool isStream) => failure.Error switch
    {
        FormatError.Truncated when isStream =>
            "the program before the pipe ended too early: see its messages, then run the same command again, with the same data file",
        FormatError.Truncated => "the program before the pipe ended too early: see its messages",
        FormatError.NotAMessage => Wrapping.Of(failure.Beginning.Span) is { } wrapping
            ? $"it is {wrapping.Words}: put '{wrapping.Opener}' before this command in the pipe"
            : $"check the program before the pipe: its output begins with {Wrapping.Show(failure.Beginning.Span)}",
        FormatError.Damaged or FormatError.TrailingBytes =>
            "the program before the pipe must pass the file on byte for byte, and write nothing else",
        _ => null,
    };

    private static string? OfNoMessage(MessageFormatException failure, TypedLine line, string tool)
    {
        string file = failure.MessageName;
        if (Wrapping.Of(failure.Beginning.Span) is { } wrapping && line.IsTyped(file))
        {
            // If there are several data files, none can come from a pipe.
            string unwrapped = Path.ChangeExtension(file, null);
            string then = (tool, line.Command) == ("dtfile", "apply") && line.Files.Count > 2
                ? $"> {(unwrapped == file ? "FILE.dtf" : ShellText.Quote(unwrapped))}"
                : $"| {line.Replacing(file, MessageFiles.Standard)}";
            return $"it is {wrapping.Words}: {wrapping.Opener} {ShellText.Quote(file)} {then}";
        }

        switch (tool, line.Command)
        {
            case ("dtfile", "apply") when line.Messages(MessageKind.DataRequest) is [var request] && line.Others is [_]:
                return OfRequestToApply(request);
            case ("dtfile", "apply") when line.Messages(MessageKind.DataFile) is [_, ..] patches && line.Others is [var target]:
                return $"the target comes last: {line.With(["apply", .. patches, target])}";
            case ("ckfile", "check") when line.Messages(MessageKind.ChecksumFile) is [var checksums] && line.Others is [var target]:
                return $"the target comes first: {line.With("check", target, checksums)}";
            case ("dtfile", "") when line.ValueOf("--request") == file && line.Messages(MessageKind.DataRequest) is [var request]:
                return $"name the request with -r: {line.Instead("--request", file, "-r", request)}";
            case ("dtfile", "") when line.ValueOf("--remote") == file && line.Messages(MessageKind.ChecksumFile) is [var remote]:
                return $"name the remote's checksum file with --remote: {line.Instead("--remote", file, "--remote", remote)}";
            case ("ckfile", "check" or "join") or ("dtreq", "") or ("dtfile", "") when file != line.ValueOf("--request"):
                return $"make its checksum file first: {ShellText.Line(["ckfile", file])}";
            default:
                return null;
        }
    }

    private static string? OfWrongKind(string file, MessageKind kind, TypedLine line, string tool) => (tool, line.Command, kind) switch
    {
        ("dtfile", "", MessageKind.ChecksumFile) when file == line.ValueOf("--request") =>
            $"name a checksum file with --remote: {line.Instead("--request", [.. line.Files, "--remote", file])}",
        ("dtfile", "", MessageKind.DataRequest) when file == line.ValueOf("--remote") =>
            $"name a request with -r: {line.Instead("--remote", [.. line.Files, "-r", file])}",
        ("dtfile", "apply", MessageKind.DataRequest) => OfRequestToApply(file),
        _ => null,
    };

    private static string OfRequestToApply(string request) =>
        $"on the master, this makes the data file: {ShellText.Line(["dtfile", "MASTER", "-r", request])}";

    // A medium that gives other bytes each time will do so again: copy the file to another medium.
    private static string OfChangedMessage(string file, TargetProgress progress) => (progress, file) switch
    {
        (TargetProgress.Patched, _) => "only the new checksum file is missing: make it with ckfile",
        (TargetProgress.PartlyPatched, MessageFiles.StandardInputName) =>
            "run the same command with --spool and a directory on another disk to resume",
        (TargetProgress.PartlyPatched, _) =>
            "put a good copy of the same file in its place, on another medium if this one returns other bytes each time, and run the same "
                + "command again to resume",
        (_, MessageFiles.StandardInputName) => "use --spool with a directory on another disk",
        _ => "copy it again, to another medium if this one returns other bytes each time, and run the same command again",
    };

    // The undo file is looked for under its own name only; the place of a journal can be chosen. Nobody is told to take the rights of
    // others away: the directory may be everybody's, like /tmp.
    private static string OfUntrusted(string place, TypedLine line) =>
        place == line.ValueOf("--undo")
            ? "if it is yours, copy it into a directory of your own and name the copy; if not, name another file with --undo"
        : FileIdentity.IsDirectory(place) || !MessageInput.Exists(place)
            ? "name a directory in which only you can write with --journal: 'mkdir -m 700 DIR' makes one"
        : "if an interrupted run of yours left it, move it, its redo file (if there is one) and the target to a directory in which only "
            + "you can write, and run the same command there; if not, remove it";

    // If mounting helps, the hint says to mount what is missing. Only root may ask which file is below a loop device.
    private static string OfBlindGuard(StorageException failure)
    {
        const string Otherwise = "or make sure yourself that nothing uses it, and add --unguarded";
        return failure.Unseen.Any(unseen => unseen.Table is UsageTable.Mounts or UsageTable.Swaps or UsageTable.Devices)
            ? "mount what is missing ('mount -t proc proc /proc', 'mount -t sysfs sysfs /sys'; for a container of podman: "
                + $"'--security-opt unmask=/sys/dev/block'), {Otherwise}"
            : $"run it as root, in a place where the file below it is visible, {Otherwise}";
    }

    private static string? OfOtherTarget(TypedLine line) => line.Files is [.., var target] && MessageSight.KindOf(target) is { } kind
        ? $"the last name is the target, but {ShellText.Quote(target)} is a {kind.Words()}"
        : null;
}
