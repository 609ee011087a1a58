using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync;

namespace BinarySync.Cli;

/// <summary>What may have been meant where a run has failed by the files that it was given.</summary>
internal static class FailureAdvice
{
    /// <summary>The hint, in place of the usual one; null where nothing better is known.</summary>
    public static string? For(Exception failure, TypedLine line, string tool) => failure switch
    {
        MessageFormatException { Error: FormatError.NotAMessage } format => OfNoMessage(format.MessageName, line, tool),
        MessageFormatException { Error: FormatError.WrongKind, Found: { } kind } format => OfWrongKind(format.MessageName, kind, line, tool),
        StorageException { Error: StorageError.NotFound } missing when line.Files is [var first, ..] && missing.Path == first => LineAdvice.MeantCommand(line, tool),
        SyncException { Error: SyncError.Mismatch or SyncError.Unrecognized } when (tool, line.Command) == ("dtfile", "apply") => OfOtherTarget(line),
        UsageException { Hint: var hint } when (tool, line.Command, line.ValueOf("--request") ?? line.ValueOf("--remote")) == ("dtfile", "", null) => LineAdvice.OfDataFile(line) ?? hint,
        _ => null,
    };

    private static string? OfNoMessage(string file, TypedLine line, string tool)
    {
        switch (tool, line.Command)
        {
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
        ("dtfile", "apply", MessageKind.DataRequest) => $"on the master, this makes the data file: {ShellText.Line(["dtfile", "MASTER", "-r", file])}",
        _ => null,
    };

    private static string? OfOtherTarget(TypedLine line) => line.Files is [.., var target] && MessageSight.KindOf(target) is { } kind
        ? $"the last name is the target, and {ShellText.Quote(target)} is a {kind.Words()}"
        : null;
}
