using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Maps;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>`ckfile check`: compares a target with its checksum file, and ends with 1 if they differ.</summary>
public sealed class CheckCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string> _target = new("TARGET") { Description = "The file or block device to compare" };

    private readonly Argument<string> _file = new("FILE.ckf") { Description = "A checksum file; '-' is standard input" };

    private readonly Option<bool> _live = OptionValues.Live();

    private readonly Option<HolePolicy?> _holes = OptionValues.Holes();

    private readonly MapOptions _maps = new();

    /// <summary>The command, to be added to a program.</summary>
    public Command Declare()
    {
        Command command = new(
            "check", "Compare a file or block device with its checksum file: exit 0 if equal, 1 if not") { _target, _file, _live, _holes };
        _maps.AddTo(command);
        common.Storage.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string target = TargetPath.Demand(result.GetValue(_target)!);
        string file = result.GetValue(_file)!;
        using IReadableStorage source = common.Storage.OpenSource(result, target, session.Options.Cancellation);
        using Stream input = MessageFiles.Open(file, session.Options.Cancellation);
        using MapOutput? output = _maps.Begin(result, session, target, file);
        using ChecksumFileReader checksums = new(input, MessageFiles.NameOf(file));
        DeviceFileWarning.Say(session.Terminal, target);
        SourceWarnings.SayMessage(session.Terminal, target, "dtreq compares two checksum files");
        CheckMap? map = output is null ? null : new CheckMap(source, checksums.Header, output);
        CheckResult check = CheckOperation.Run(
            source, checksums, result.GetValue(_holes) ?? HolePolicy.Trust, result.GetValue(_live), session.Options, map is null
                ? null
                : map.Add);
        map?.Complete(check);
        HoleNote.Say(session.Terminal, target, check.DoubtedHoles);
        if (check.BytesNotCompared > 0)
        {
            session.Terminal.Note(
                $"the device is {SizeText.Format(check.BytesNotCompared)} longer than {MessageFiles.NameOf(file)} says; that part was "
                    + "not compared");
        }

        using Report report = new(session.Terminal, session.Json);
        if (session.Json)
        {
            ReportCheck(report, check);
            DrawCheck(output, target, MessageFiles.NameOf(file), report.OwnLine);
            if (output?.Path is { } picture)
            {
                report.AddHidden("map", picture);
            }

            report.Finish(VersionText.Number, session.Elapsed);
        }
        else
        {
            if (!session.Terminal.IsQuiet)
            {
                SayDifferences(session.Terminal, target, MessageFiles.NameOf(file), check);
            }

            DrawCheck(output, target, MessageFiles.NameOf(file), session.Terminal.OwnLine);
            SayCheck(session.Terminal, target, MessageFiles.NameOf(file), check);
            HalfPatched? left = check.IsEqual ? null : HalfPatched.Find(target, source);
            ClosingLines.Say(session, "read", check.ReadBytes, next: null);
            if (left is null)
            {
                ClosingLines.SayNext(session, NextCommand.AfterCheck(target, file, check), "to send or repair what differs");
            }
            else
            {
                session.Terminal.Note(left.Note);
                ClosingLines.SayNext(session, left.Next, left.Purpose);
            }
        }

        return check.IsEqual ? ExitCode.Done : ExitCode.Different;
    }

    private static void ReportCheck(Report report, CheckResult check)
    {
        report.Add("equal", null, check.IsEqual);
        report.Add("compared_blocks", null, check.ComparedBlocks);
        report.Add("bytes_not_compared", null, check.BytesNotCompared);
        report.Add("size", null, check.TargetSize);
        report.Add("expected_size", null, check.Header.Size);
        report.Add("block_size", null, check.Header.BlockSize);
        report.Add("differing_blocks", null, check.Differences.BlockCount);
        report.Add("differing_ranges", null, check.Differences.RunCount);
        report.AddRuns("ranges", check.Differences.Runs);
    }

    private static void DrawCheck(MapOutput? output, string target, string file, Action<string> line)
    {
        output?.Draw($"{target}: compared with {file}", line);
        if (output is not null)
        {
            line(output.Path is { } picture ? $"{picture}: map of where they differ" : string.Empty);
        }
    }

    private static void SayDifferences(Terminal terminal, string target, string file, CheckResult check)
    {
        if (check.TargetSize != check.Header.Size)
        {
            terminal.Result($"{target}: has {check.TargetSize} bytes; {file} says {check.Header.Size}");
        }

        BlockGeometry geometry = new(Math.Max(check.TargetSize, check.Header.Size), check.Header.BlockSize);
        const int Shown = 20;
        foreach (BlockRun run in check.Differences.Runs.Take(terminal.IsVerbose ? int.MaxValue : Shown))
        {
            long offset = geometry.OffsetOf(run.First);
            string differs = run.Count == 1 ? $"block {run} differs" : $"blocks {run} differ";
            terminal.Result($"{target}: {differs} (bytes {offset}+{geometry.LengthOf(run)})");
        }

        int listed = terminal.IsVerbose ? check.Differences.Runs.Count : Math.Min(Shown, check.Differences.Runs.Count);
        if (check.Differences.RunCount > listed)
        {
            string all = !terminal.IsVerbose && check.Differences.RunCount <= check.Differences.Runs.Count
                ? " (-v lists all)"
                : string.Empty;
            terminal.Result($"{target}: and {CountText.Ranges(check.Differences.RunCount - listed)} more{all}");
        }
    }

    private static void SayCheck(Terminal terminal, string target, string file, CheckResult check)
    {
        if (check.IsEqual)
        {
            terminal.Summary(check.Header.Coverage.IsWhole
                ? $"{target}: equal to {file}"
                : $"{target}: equal to {file} in the {CountText.Blocks(check.ComparedBlocks)} that it covers; the rest was not compared");
            return;
        }

        terminal.Summary(
            $"{target}: differs from {file} in {CountText.Blocks(check.Differences.BlockCount)}, "
                + $"{CountText.Ranges(check.Differences.RunCount)}");
    }
}
