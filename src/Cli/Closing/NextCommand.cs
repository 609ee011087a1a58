using System.CommandLine;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage.Files;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Requests;

namespace BinarySync.Cli.Closing;

/// <summary>
/// What to type when a command is done, with the names that were used. Names on the other side, which nobody can know here, are in
/// capitals. Null if there is nothing to do, or if the file went to standard output and has a name that only the user knows.
/// </summary>
internal static class NextCommand
{
    // More names than that are not listed.
    private const int MostNames = 4;

    /// <summary>After `ckreq`.</summary>
    public static string? AfterRequest(string path) => IsNameless(path) ? null : $"ckfile TARGET -r {ShellText.File(path)}";

    /// <summary>After `ckfile` and `ckfile join`: only the user knows which of the two sides this is.</summary>
    public static (string OfRemote, string OfMaster)? AfterChecksums(string path, ChecksumFileHeader header, ChecksumFileTrailer trailer)
    {
        string name = ShellText.File(path);
        bool coversNothing = header.Size > 0 && trailer.DataBlocks + trailer.ZeroBlocks == 0;
        string shift = header.HasRollingSums ? " --shift" : string.Empty;
        return coversNothing || IsNameless(path)
            ? null
            : ($"dtfile MASTER --remote {name}{shift}", $"dtreq --remote REMOTE.ckf --master {name}");
    }

    /// <summary>After `ckfile --split`: one checksum file of all parts.</summary>
    /// <param name="path">The name that one checksum file would have.</param>
    /// <param name="names">The parts that were made.</param>
    public static string AfterChecksumParts(string path, IReadOnlyList<string> names)
    {
        string extension = "." + MessageKind.ChecksumFile.Extension();
        string parts = names.Count <= MostNames
            ? string.Join(' ', names.Select(ShellText.File))
            : $"{ShellText.File(PartNames.StemOf(path, extension))}.{AnyNumber(names.Count)}{extension}";
        return $"ckfile join {parts} -o {ShellText.File(path)}";
    }

    /// <summary>
    /// After a `ckfile check` that found differences: the content that the target has now, to be compared with what it should have.
    /// </summary>
    public static string? AfterCheck(string target, string file, CheckResult check)
    {
        const int MostRanges = 4;
        ChecksumFileHeader header = check.Header;
        if (check.IsEqual
            || IsNameless(file)
            || header.Parent is not null
            || (!header.Coverage.IsWhole && header.Coverage.Ranges.Length > MostRanges))
        {
            return null;
        }

        string stem = Path.GetFileName(Path.TrimEndingDirectorySeparator(target));
        string output = FileIdentity.LengthOf($"{stem}.ckf") is null ? string.Empty : $" -o {ShellText.File($"{stem}.now.ckf")}";
        string blockSize = header.BlockSize == FormatLimits.DefaultBlockSize ? string.Empty : $" -b {header.BlockSize}";
        string hash = header.Hash == BlockHash.Xxh128 ? string.Empty : $" -a {header.Hash.Name}";
        string ranges = header.Coverage.IsWhole
            ? string.Empty
            : string.Concat(header.Coverage.Ranges.ToArray().Select(range => $" --range {range}"));
        return $"ckfile {ShellText.File(target)}{blockSize}{hash}{ranges}{output}";
    }

    /// <summary>After `dtreq`.</summary>
    public static string? AfterDataRequest(string path, string masterChecksums, DataRequestResult made)
    {
        OperationsTrailer trailer = made.Trailer;
        bool isEmpty = trailer.DataBlocks + trailer.ZeroBlocks + trailer.CopyBlocks == 0 && made.Header.BaseSize == made.Header.TargetSize;
        return isEmpty || IsNameless(path) ? null : $"dtfile {MasterOf(masterChecksums, made.Header.TargetSize)} -r {ShellText.File(path)}";
    }

    /// <summary>After `dtreq merge`.</summary>
    public static string? AfterMerge(string path) => IsNameless(path) ? null : $"dtfile MASTER -r {ShellText.File(path)}";

    /// <summary>True for a data file that would change nothing.</summary>
    public static bool HasNothingToApply(DataFileResult made) =>
        made.Header.Bases is null
        && made.Trailer.DataBlocks + made.Trailer.ZeroBlocks + made.Trailer.CopyBlocks == 0
        && made.Header.BaseSize == made.Header.TargetSize;

    /// <summary>After `dtfile`.</summary>
    public static string? AfterDataFile(string path, DataFileResult made)
    {
        string request = made.Header.Bases is null ? string.Empty : " --request OWN.dtr";
        return HasNothingToApply(made) || IsNameless(path) ? null : $"dtfile apply {ShellText.File(path)} TARGET{request} --verify full";
    }

    /// <summary>After `dtfile --split`.</summary>
    /// <param name="path">The name that one data file would have.</param>
    /// <param name="names">The parts that were made.</param>
    /// <param name="parts">How many there are.</param>
    public static string? AfterParts(string path, IReadOnlyList<string> names, int parts) =>
        IsNameless(path)
            ? null
            : $"dtfile apply {Files(names, path, parts)} TARGET{(names.Count == parts ? " --verify full" : string.Empty)}";

    /// <summary>After a dry run of `dtfile apply`: the same without it.</summary>
    public static string? AfterDryRun(ParseResult result, IEnumerable<string> files, bool hasWork) =>
        !hasWork || files.Contains(MessageFiles.Standard)
            ? null
            : $"dtfile {string.Join(' ', result.Tokens.Select(token => token.Value).Where(IsNotDryRun).Select(ShellText.Quote))}";

    private static bool IsNotDryRun(string word) => word is not ("--dry-run" or "-n");

    /// <summary>After `dtfile apply`: nothing, unless it was told to leave the last step out.</summary>
    public static string? AfterApply(string target, VerifyMode verify) =>
        verify == VerifyMode.None ? $"ckfile check {ShellText.File(target)} MASTER.ckf" : null;

    /// <summary>After parts that do not complete the set: the missing ones, if they have the names with which they were made.</summary>
    public static string? AfterSomeParts(string target, string? undo, SetResult all)
    {
        (string name, int part, _) = all.Runs[0];

        // Each part has an undo file of its own: the name of the next one is not known.
        return all.IsComplete || undo is not null || PartNames.PathOf(name, part, all.Set.Parts) is not { } path
            ? null
            : $"dtfile apply {Files([.. all.Missing.Select(missing => PartNames.Of(path, missing, all.Set.Parts))], path, all.Set.Parts)} "
                + $"{ShellText.File(target)}";
    }

    // Parts that are applied already do no harm: so all of them may be named.
    private static string Files(IReadOnlyList<string> names, string path, int parts) => names.Count <= MostNames
        ? string.Join(' ', names.Select(ShellText.File))
        : $"{ShellText.File(PartNames.StemOf(path))}.{AnyNumber(parts)}{PartNames.Extension}";

    // A shell pattern for the numbers in the names of so many parts.
    private static string AnyNumber(int parts) => string.Concat(Enumerable.Repeat("[0-9]", PartNames.DigitsOf(parts)));

    // The master's file has the name from which its checksum file's name was made, if it is here. Then its size must match too.
    private static string MasterOf(string checksums, long size)
    {
        string extension = "." + MessageKind.ChecksumFile.Extension();
        return checksums.EndsWith(extension, StringComparison.Ordinal)
            && checksums[..^extension.Length] is { Length: > 0 } master
            && FileIdentity.LengthOf(master) == size
            ? ShellText.File(master)
            : "MASTER";
    }

    private static bool IsNameless(string path) => path == MessageFiles.Standard;
}
