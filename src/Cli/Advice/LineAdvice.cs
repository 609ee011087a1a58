using System.CommandLine;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Advice;

/// <summary>
/// What the user may have meant by a line that cannot be understood as it is: files in the wrong place are recognised by their content.
/// </summary>
internal static class LineAdvice
{
    /// <summary>One error, with its hint, in place of the parser's message; null if nothing better is known.</summary>
    public static (string Error, string Hint)? For(TypedLine line, string tool)
    {
        if (MeantCommand(line, tool) is { } meant)
        {
            return ($"there is no command '{line.Files[0]}'", meant);
        }

        return ByRoles(line, tool) ?? OfUnknownWord(line, tool);
    }

    private static (string Error, string Hint)? ByRoles(TypedLine line, string tool) =>
        (tool, line.Command) switch
        {
            ("ckreq", "") => OfRequest(line),
            ("ckfile", "") => OfChecksums(line),
            ("dtreq", "") => OfDataRequest(line),
            ("dtfile", "") => OfDataFile(line) is { } hint ? (Misplaced(line), hint) : null,
            ("dtfile", "apply") => OfApply(line),
            _ => null,
        };

    // There are more words than files are wanted, and the first one is no file.
    private static (string Error, string Hint)? OfUnknownWord(TypedLine line, string tool) =>
        line.Command.Length == 0
        && line.Files is [var first, _, ..]
        && line.Result.UnmatchedTokens.Count > 0
        && first != MessageFiles.Standard
        && !MessageInput.Exists(first)
            ? ($"there is no command or file {ShellText.Quote(first)}", CommandLineText.Seek(line.Result, tool))
            : null;

    /// <summary>The hint if the first word is no file, but near to a subcommand; null if it is not.</summary>
    public static string? MeantCommand(TypedLine line, string tool)
    {
        if (line.Files is not [var first, .. var rest] || MessageInput.Exists(first))
        {
            return null;
        }

        return (tool, first) switch
        {
            (_, "help") => CommandLineText.Seek(line.Result, tool),
            (_, "version") => $"see '{tool} --version'",
            _ when line.Command.Length > 0 => null,
            ("dtfile", "undo" or "restore" or "revert" or "rollback") =>
                $"the undo file is applied like any other data file: {line.With(["apply", .. rest])}",
            ("dtfile", "patch" or "update" or "write") => $"did you mean: {line.With(["apply", .. rest])}",
            ("ckfile", "verify" or "compare" or "diff" or "cmp") => $"did you mean: {line.With(["check", .. rest])}",
            _ => NearestWord.Of(first, line.Commands) is { } nearest ? $"did you mean: {line.With([nearest, .. rest])}" : null,
        };
    }

    /// <summary>The error and its hint for a word that stands before a subcommand, which does not accept it.</summary>
    public static (string Error, string Hint) OfStray(string stray, TypedLine line)
    {
        string asFile = $"if '{line.Command}' is meant as a file, write ./{line.Command}";
        bool belongs = line.Files.Contains(stray)
            && (MessageSight.KindOf(stray) is not null || (line.Command == "check" && line.Files.Count == 2));
        return (
            $"'{stray}' comes before '{line.Command}', which does not accept it",
            belongs ? $"files come after '{line.Command}': {line.With([line.Command, .. line.Files])}; {asFile}" : asFile);
    }

    /// <summary>The probable purpose of `dtfile` with these files; null if they do not tell.</summary>
    public static string? OfDataFile(TypedLine line)
    {
        string? master = line.Others is [var only] ? only : null;
        if (line.Messages(MessageKind.DataFile) is [_, ..] patches
            && patches.Count + line.Others.Count == line.Files.Count
            && line.Others.Count <= 1)
        {
            return $"to apply it: {line.With(["apply", .. patches, master ?? "TARGET"])}";
        }

        if (line.Files.Count > 2)
        {
            return null;
        }

        return line.Messages(MessageKind.DataRequest) is [var request]
            ? $"name the request with -r: {line.With(master ?? "MASTER", "-r", request)}"
            : line.Messages(MessageKind.ChecksumFile) is [var checksums]
                ? $"name the remote's checksum file with --remote: {line.With(master ?? "MASTER", "--remote", checksums)}"
            : null;
    }

    private static (string Error, string Hint)? OfRequest(TypedLine line) =>
        line.Messages(MessageKind.ChecksumRequest) is [var request] && line.Files is [_]
        ? ($"{ShellText.Quote(request)} is a checksum request already", $"to see its contents: {line.With("info", request)}")
        : null;

    private static (string Error, string Hint)? OfChecksums(TypedLine line)
    {
        if (line.Files is not [_, _])
        {
            return null;
        }

        if (line.Others is [var target])
        {
            return line.Messages(MessageKind.ChecksumFile) is [var checksums]
                ? ("a target and a checksum file were given without a command", $"to compare them: {line.With("check", target, checksums)}")
                : line.Messages(MessageKind.ChecksumRequest) is [var request]
                    ? (Misplaced(line), $"name the request with -r: {line.With(target, "-r", request)}")
                : null;
        }

        return line.Messages(MessageKind.ChecksumFile) is [var one, var other]
            ? ("dtreq compares two checksum files", Roles("dtreq", one, other))
            : null;
    }

    private static (string Error, string Hint)? OfDataRequest(TypedLine line)
    {
        string? remote = line.ValueOf("--remote");
        string? master = line.ValueOf("--master");
        IReadOnlyList<string> checksums = line.Messages(MessageKind.ChecksumFile);
        if (checksums.Count == line.Files.Count && checksums is [var one, var other] && remote is null && master is null)
        {
            return (
                "which file is the remote's, and which is the master's?",
                $"{line.With("--remote", one, "--master", other)} (the remote has the old content, the master the new)");
        }

        if (line.Files is [_] && checksums is [_] && remote is null && master is null)
        {
            return ("dtreq compares two checksum files", $"{line.With("--remote", "REMOTE.ckf", "--master", "MASTER.ckf")}");
        }

        if (line.Files is [var file] && checksums is [_] && (remote is null) != (master is null))
        {
            return (Misplaced(line), remote is null
                ? line.Instead("--master", "--remote", file, "--master", master!)
                : line.Instead("--remote", "--remote", remote, "--master", file));
        }

        if (line.Messages(MessageKind.DataRequest) is [var first, ..] requests && requests.Count == line.Files.Count)
        {
            return requests.Count == 1
                ? ($"{ShellText.Quote(first)} is a data request already", $"to see its contents: {line.With("info", first)}")
                : ("several data requests", $"to merge them into one: {line.With(["merge", .. requests, .. OutputOf(line)])}");
        }

        return line.Others is [var image, ..] && line.Others.Count == line.Files.Count && MessageInput.Exists(image)
            ? ($"{ShellText.Quote(image)} is not a checksum file", $"make one first: {ShellText.Line(["ckfile", image])}")
            : null;
    }

    // An output is missing only if none was named.
    private static string[] OutputOf(TypedLine line) => line.ValueOf("--output") is null ? ["-o", "FILE.dtr"] : [];

    private static (string Error, string Hint)? OfApply(TypedLine line) => Swallowed(line) is var (option, value)
        ? (
            $"{option} was given {ShellText.Quote(value)}, which is a data file",
            $"give {option} a value of its own, or leave it out: see 'dtfile apply --help'")
        : line.Files is [var file] && file != MessageFiles.Standard
        ? line.Messages(MessageKind.DataFile) is [_]
            ? ("TARGET is missing", line.With("apply", file, "TARGET"))
            : ("FILE.dtf is missing", line.With("apply", "FILE.dtf", file))
        : null;

    // An option before the files whose value was forgotten: it has taken the first of them.
    private static (string Option, string Value)? Swallowed(TypedLine line)
    {
        foreach (string option in new[] { "--verify", "--sparse", "--cache", "--progress", "--limit-rate", "--threads" })
        {
            if (line.ValueOf(option) is { } value && MessageSight.KindOf(value) is MessageKind.DataFile)
            {
                return (option, value);
            }
        }

        return null;
    }

    // The first message on the line, if none was expected.
    private static string Misplaced(TypedLine line)
    {
        string file = line.Files.First(name => MessageSight.KindOf(name) is not null);
        return $"{ShellText.Quote(file)} is a {MessageSight.KindOf(file)!.Value.Words()}, which does not belong here";
    }

    private static string Roles(string tool, string remote, string master) =>
        $"{ShellText.Line([tool, "--remote", remote, "--master", master])} (the remote has the old content, the master the new)";
}
