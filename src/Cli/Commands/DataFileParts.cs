using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Splitting;

namespace BinarySync.Cli.Commands;

/// <summary>The task of `dtfile MASTER --split`.</summary>
/// <param name="Master">The master.</param>
/// <param name="Request">The data request.</param>
/// <param name="Path">The name that one data file would have.</param>
/// <param name="Force">Replace existing outputs.</param>
/// <param name="MostBytes">The largest number of bytes of a part's file.</param>
/// <param name="Part">The only part that is wanted; null for all.</param>
/// <param name="Base">The name of the master's own copy of what the remote has; null for none.</param>
/// <param name="Specification">How the data files are made.</param>
internal sealed record SplitJob(
    string Master, string Request, string Path, bool Force, long MostBytes, int? Part, string? Base, DataFileSpecification Specification);

/// <summary>The work of `dtfile MASTER --split`.</summary>
internal static class DataFileParts
{
    /// <summary>Collects the requested blocks of the master into a set of data files.</summary>
    public static int Create(ParseResult result, CommonOptions common, CommandSession session, SplitJob job)
    {
        if (job.Request == MessageFiles.Standard)
        {
            throw new UsageException("--split reads the request more than once: it needs a named file");
        }

        if (job.Path == MessageFiles.Standard && job.Part is null)
        {
            throw new UsageException("the parts of a set are several files; standard output is one", "--part N makes one of them");
        }

        if (job.Path != MessageFiles.Standard && IsDirectory(job.Path))
        {
            throw new StorageException(StorageError.IsDirectory, job.Path, $"{job.Path}: is a directory");
        }

        using IReadableStorage source = common.Storage.OpenSource(result, job.Master, session.Options.Cancellation);
        using Stream input = MessageFiles.Open(job.Request, session.Options.Cancellation);
        if (!input.CanSeek)
        {
            throw new UsageException($"--split reads the request more than once: {job.Request} is a pipe", "write it into a file first");
        }

        using SplitPlan plan = SplitOperation.Plan(
            input, job.Request, job.Specification, job.MostBytes, () => CreateSpool(job), session.Options);
        int parts = plan.Parts.Count;
        if (job.Part > parts)
        {
            throw new UsageException($"there is no part {job.Part}: {job.Request} makes {(parts == 1 ? "1 part" : $"{parts} parts")}");
        }

        if (job.Path != MessageFiles.Standard)
        {
            foreach (int part in job.Part is { } only ? [only] : Enumerable.Range(1, parts))
            {
                MessageFiles.DemandName(PartNames.Of(job.Path, part, parts), job.Force, Inputs(job));
            }
        }

        SourceWarnings.Say(session.Terminal, source, job.Specification.Live);
        List<(string Name, DataFileResult Result)> made = [];
        SplitOperation.Write(
            source,
            plan,
            job.Part,
            job.Specification,
            job.MostBytes,
            place => MessageFiles.Create(NameOf(job, place), job.Force, session, Inputs(job)),
            done =>
            {
                made.Add((job.Path == MessageFiles.Standard ? "standard output" : NameOf(job, done.Header.Set!), done));
                session.Terminal.Detail(
                    $"{made[^1].Name}: part {done.Header.Set!.Part} of {parts}, {CountText.Blocks(done.Trailer.DataBlocks)} with content; "
                        + $"{SizeText.Format(done.Length)}");
            },
            session.Options);
        ShrinkWarning.Say(session.Terminal, made[0].Result.Header);
        PrefixCounts prefixes = made.Aggregate(default(PrefixCounts), (sum, one) => sum + one.Result.Prefixes);
        BaseUse.Warn(session.Terminal, job.Base, prefixes);
        if (session.Json)
        {
            ReportResult(session, job, made, plan, prefixes);
        }
        else
        {
            SaySummary(session, job, made, plan, prefixes);
        }

        return ExitCode.Done;
    }

    // The names of the parts are made from it: the name of a directory would make hidden files, in it or beside it.
    private static bool IsDirectory(string path) => Path.GetFileName(path) is "" or "." or ".." || FileIdentity.IsDirectory(path);

    private static Stream CreateSpool(SplitJob job) =>
        SpoolFile.Create(job.Path == MessageFiles.Standard ? "." : FileIdentity.DirectoryOf(job.Path));

    private static string NameOf(SplitJob job, SetPart place) =>
        job.Path == MessageFiles.Standard ? job.Path : PartNames.Of(job.Path, place.Part, place.Parts);

    private static string[] Inputs(SplitJob job) => job.Base is null ? [job.Request, job.Master] : [job.Request, job.Master, job.Base];

    private static void SaySummary(
        CommandSession session, SplitJob job, List<(string Name, DataFileResult Result)> made, SplitPlan plan, PrefixCounts prefixes)
    {
        string names = made.Count == 1 ? made[0].Name : $"{made[0].Name} to {made[^1].Name}";
        int parts = plan.Parts.Count;
        string part = made.Count < parts ? $"part {made[0].Result.Header.Set!.Part} of {parts}" : parts == 1 ? "1 part" : $"{parts} parts";
        long dataBytes = made.Sum(one => one.Result.Trailer.DataBytes);
        long dataBlocks = made.Sum(one => one.Result.Trailer.DataBlocks);
        long zeroBlocks = made.Sum(one => one.Result.Trailer.ZeroBlocks);
        string longest = made.Count > 1 ? $", the longest {SizeText.Format(made.Max(one => one.Result.Length))}" : string.Empty;
        session.Terminal.Summary(
            $"{names}: {part}, {CountText.Blocks(dataBlocks)} with content ({SizeText.Format(dataBytes)}), {zeroBlocks} of zeros; "
                + $"{SizeText.Format(made.Sum(one => one.Result.Length))}{longest}");
        BaseUse.Say(session.Terminal, job.Base, prefixes);
        ClosingLines.Say(
            session,
            "read",
            made.Sum(one => one.Result.ReadBytes),
            NextCommand.AfterParts(job.Path, [.. made.Select(one => one.Name)], parts));
    }

    private static void ReportResult(
        CommandSession session, SplitJob job, List<(string Name, DataFileResult Result)> made, SplitPlan plan, PrefixCounts prefixes)
    {
        using Report report = new(session.Terminal, json: true);
        report.AddWholeSet(plan.Parts[0].Set);
        report.BeginArray("parts");
        foreach ((string name, DataFileResult result) in made)
        {
            report.BeginObject();
            report.AddHidden("output", name);
            report.AddSet(result.Header.Set);
            report.AddTrailer(result.Trailer);
            report.Add("length", null, result.Length);
            report.EndObject();
            report.Drain();
        }

        report.EndArray();
        BaseUse.Report(report, job.Base, prefixes);
        report.Finish(VersionText.Number, session.Elapsed);
    }
}
