using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage.Files;
using BinarySync.Sync;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Cli.Commands;

/// <summary>
/// `dtfile info`: for one data file it prints what `info` prints for every kind, for parts of a set it prints which of them there are.
/// </summary>
public sealed class SetInfoCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string[]> _files = new("FILE.dtf")
    {
        Description = "A data file, or several parts of a set; '-' is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _extents = OptionValues.Extents();

    /// <summary>The command, to be added to a program.</summary>
    public Command Declare()
    {
        Command command = new(
            "info", "Verify a data file and show what it holds, or which parts of a set are missing") { _files, _extents };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        string[] paths = [.. result.GetValue(_files)!.SelectMany(DataFilesIn)];
        using CommandSession session = common.Begin(result, context);
        if (paths.Length == 1)
        {
            MessageInfo.Show(session, MessageKind.DataFile, paths[0], result.GetValue(_extents), map: null);
        }
        else
        {
            ShowParts(session, paths, result.GetValue(_extents));
        }

        return ExitCode.Done;
    }

    // A directory stands for the data files in it.
    private static IEnumerable<string> DataFilesIn(string path)
    {
        if (!FileIdentity.IsDirectory(path))
        {
            return [path];
        }

        string[] found =
        [
            .. DirectoryNames.Of(path)
                .Where(name => name.EndsWith($".{MessageKind.DataFile.Extension()}", StringComparison.Ordinal))
                .Select(name => Path.Combine(path, name))
                .Where(name => !FileIdentity.IsDirectory(name))
                .Order(StringComparer.Ordinal),
        ];
        return found.Length > 0 ? found : throw new UsageException($"{path}: there is no data file in this directory");
    }

    private static void ShowParts(CommandSession session, string[] paths, bool lists)
    {
        if (lists)
        {
            throw new UsageException("--extents is for one data file at a time");
        }

        if (paths.Contains(MessageFiles.Standard))
        {
            throw new UsageException("'-' can be the only data file, but not one of several parts");
        }

        PartFiles.Look(
            [.. paths.Select(path => new PartSource(path, () => MessageFiles.OpenPart(path, session.Options.Cancellation)))],
            session.Options);
        List<PartInfo> parts = [.. paths.Select(path => Read(path, session)).OrderBy(part => part.Set.Part)];
        SetPart set = parts[0].Set;
        List<int> given = [.. parts.Select(part => part.Set.Part)];
        List<int> missing = [.. Enumerable.Range(1, set.Parts).Except(given)];
        using Report report = new(session.Terminal, session.Json);
        report.BeginArray("parts");
        foreach (PartInfo part in parts)
        {
            report.Line(
                $"{part.Name}: part {part.Set.Part} of {set.Parts}, {CountText.Blocks(part.Trailer.DataBlocks)} with content, "
                    + $"{part.Trailer.ZeroBlocks} of zeros, {SizeText.Format(part.Length)}");
            report.BeginObject();
            report.AddHidden("file", part.Name);
            report.Add("part", null, part.Set.Part);
            report.Add("data_blocks", null, part.Trailer.DataBlocks);
            report.Add("data_bytes", null, part.Trailer.DataBytes);
            report.Add("zero_blocks", null, part.Trailer.ZeroBlocks);
            report.Add("copy_blocks", null, part.Trailer.CopyBlocks);
            report.AddHidden("digest", Convert.ToHexStringLower(part.Trailer.Digest.Span));
            report.Add("length", null, part.Length);
            report.EndObject();
            report.Drain();
        }

        report.EndArray();
        report.AddWholeSet(set);
        AddNumbers(report, "parts_given", "given", given);
        AddNumbers(report, "parts_missing", "missing", missing);
        report.Add("complete", null, missing.Count == 0);
        report.Finish(VersionText.Number, session.Elapsed);
    }

    // Reads all of it: the earlier check has read the operations only.
    private static PartInfo Read(string path, CommandSession session)
    {
        using Stream input = MessageFiles.OpenPart(path, session.Options.Cancellation);
        session.Options.Progress.Begin("reading", input.Length);
        MessageReader message = new MessageReader(input, path).Require(MessageKind.DataFile);
        OperationReader reader = new(message);
        OperationGroup group = new();
        using ContentVerifier content = MessageInfo.Verifier(reader, message.Kind, input)!;
        while (reader.ReadGroup(group))
        {
            session.Options.Cancellation.ThrowIfCancellationRequested();
            content.Begin(group);
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                content.Check(stored.Span);
            }
        }

        MessageInfo.NoteOldContent(session, path, content.OverOldContent);

        // The file was replaced since that check.
        SetPart set = reader.FileHeader.Set ?? throw new SyncException(SyncReason.MessageChanged, path, "changed while it was being read");
        return new PartInfo(path, set, reader.Trailer, message.Position);
    }

    private static void AddNumbers(Report report, string field, string label, IReadOnlyList<int> numbers)
    {
        report.Line($"  {label,-18}{NumberText.Of(numbers)}");
        report.BeginArray(field);
        foreach (int number in numbers)
        {
            report.AddElement(number);
        }

        report.EndArray();
    }

    private sealed record PartInfo(string Name, SetPart Set, OperationsTrailer Trailer, long Length);
}
