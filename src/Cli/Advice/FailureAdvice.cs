using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync;

namespace BinarySync.Cli;

/// <summary>What may have been meant where a run has failed by the files that it was given.</summary>
internal static class FailureAdvice
{
    private const string SomePartsStay = "parts that are complete stay: make each of the others with --part N, or all again with -f";

    /// <summary>The hint, in place of the usual one; null where nothing better is known.</summary>
    public static string? For(Exception failure, TypedLine line, string tool) => failure switch
    {
        MessageFormatException { MessageName: MessageFiles.StandardInputName } format => OfPipe(format),
        MessageFormatException { Error: FormatError.NotAMessage } format => OfNoMessage(format, line, tool),
        MessageFormatException { Error: FormatError.WrongKind, Found: { } kind } format => OfWrongKind(format.MessageName, kind, line, tool),
        StorageException { Error: StorageError.Unguarded } blind => OfBlindGuard(blind),
        StorageException { Path: "/dev/stdout" } => "'-o -' is standard output",
        StorageException { Error: StorageError.NotFound } missing when line.Files is [var first, ..] && missing.Path == first => LineAdvice.MeantCommand(line, tool),
        StorageException { Error: StorageError.Exists } when line.ValueOf("--split") is not null => "-f makes all parts again; --part N makes one of them",
        StorageException { Error: StorageError.WriteFailed or StorageError.NoSpace or StorageError.FileTooLarge } when line.ValueOf("--split") is not null && line.ValueOf("--part") is null => SomePartsStay,
        SyncException { Error: SyncError.Mismatch or SyncError.Unrecognized } when (tool, line.Command) == ("dtfile", "apply") => OfOtherTarget(line),
        UsageException { Hint: var hint } when (tool, line.Command, line.ValueOf("--request") ?? line.ValueOf("--remote")) == ("dtfile", "", null) => LineAdvice.OfDataFile(line) ?? hint,
        _ => null,
    };

    /// <summary>What to do when a signal has ended a run: only `apply` goes on where it was, and only parts of a set are there by then.</summary>
    public static string AfterInterruption(TypedLine line, string tool) => (tool, line.Command) switch
    {
        ("dtfile", "apply") => "run the same command again to go on",
        ("dtfile", "") when line.ValueOf("--split") is not null && line.ValueOf("--part") is null => SomePartsStay,
        _ => "run the same command again",
    };

    // What a pipe brings is made anew each time: there is no file to be copied again, but a command that may have failed.
    private static string? OfPipe(MessageFormatException failure) => failure.Error switch
    {
        FormatError.Truncated => "what stands before the pipe ended too early: see what it said",
        FormatError.NotAMessage => Wrapping.Of(failure.Beginning.Span) is { } wrapping
            ? $"it is {wrapping.Words}: put '{wrapping.Opener}' before this command in the pipe"
            : $"see what stands before the pipe: what it writes begins with {Wrapping.Show(failure.Beginning.Span)}",
        FormatError.Damaged or FormatError.TrailingBytes => "what stands before the pipe must hand it on byte by byte, and write nothing else",
        _ => null,
    };

    private static string? OfNoMessage(MessageFormatException failure, TypedLine line, string tool)
    {
        string file = failure.MessageName;
        if (Wrapping.Of(failure.Beginning.Span) is { } wrapping && line.IsTyped(file))
        {
            // Of several data files none can come from a pipe.
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
                return $"the request is named by -r: {line.Instead("--request", file, "-r", request)}";
            case ("dtfile", "") when line.ValueOf("--remote") == file && line.Messages(MessageKind.ChecksumFile) is [var remote]:
                return $"the remote's checksum file is named by --remote: {line.Instead("--remote", file, "--remote", remote)}";
            case ("ckfile", "check" or "join") or ("dtreq", "") or ("dtfile", "") when file != line.ValueOf("--request"):
                return $"make its checksum file first: {ShellText.Line(["ckfile", file])}";
            default:
                return null;
        }
    }

    private static string? OfWrongKind(string file, MessageKind kind, TypedLine line, string tool) => (tool, line.Command, kind) switch
    {
        ("dtfile", "", MessageKind.ChecksumFile) when file == line.ValueOf("--request") => $"a checksum file is named by --remote: {line.Instead("--request", [.. line.Files, "--remote", file])}",
        ("dtfile", "", MessageKind.DataRequest) when file == line.ValueOf("--remote") => $"a request is named by -r: {line.Instead("--remote", [.. line.Files, "-r", file])}",
        ("dtfile", "apply", MessageKind.DataRequest) => OfRequestToApply(file),
        _ => null,
    };

    private static string OfRequestToApply(string request) => $"on the master, this makes the data file: {ShellText.Line(["dtfile", "MASTER", "-r", request])}";

    // What is missing is mounted where that helps; which file is below a loop device, only root may ask it.
    private static string OfBlindGuard(StorageException failure)
    {
        const string Otherwise = "or make sure yourself that nothing uses it, and add --unguarded";
        return failure.Unseen.Any(unseen => unseen.Table is UsageTable.Mounts or UsageTable.Swaps or UsageTable.Devices)
            ? $"mount what is missing ('mount -t proc proc /proc', 'mount -t sysfs sysfs /sys'), {Otherwise}"
            : $"run it as root, where the file below it can be seen, {Otherwise}";
    }

    private static string? OfOtherTarget(TypedLine line) => line.Files is [.., var target] && MessageSight.KindOf(target) is { } kind
        ? $"the last name is the target, and {ShellText.Quote(target)} is a {kind.Words()}"
        : null;
}
