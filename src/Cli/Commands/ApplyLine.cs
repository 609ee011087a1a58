using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Inputs;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Sync.Applying;

namespace BinarySync.Cli.Commands;

/// <summary>The content of a command line of `dtfile apply`, once it was found to make sense.</summary>
internal sealed record ApplyLine
{
    /// <summary>As it was typed.</summary>
    public required ParseResult Typed { get; init; }

    /// <summary>A data file, or several parts of a set.</summary>
    public required string[] Files { get; init; }

    public required string Target { get; init; }

    /// <summary>This remote's own request, for a merged data file.</summary>
    public string? Request { get; init; }

    /// <summary>The file from which <see cref="NewChecksums"/> are made.</summary>
    public string? OldChecksums { get; init; }

    public string? NewChecksums { get; init; }

    /// <summary>An existing file may be replaced by <see cref="NewChecksums"/>.</summary>
    public bool Force { get; init; }

    public string? Undo { get; init; }

    public string? Repair { get; init; }

    /// <summary>Null for the usual place.</summary>
    public string? JournalDirectory { get; init; }

    /// <summary>Null for the usual place.</summary>
    public string? SpoolDirectory { get; init; }

    /// <summary>The data file is applied as it arrives.</summary>
    public bool Streams { get; init; }

    public bool Unguarded { get; init; }

    public required ApplySpecification Specification { get; init; }

    /// <summary>Makes sure that the options go together.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public void Check()
    {
        if (Specification is { OverwriteUnreadable: true, Verify: VerifyMode.None })
        {
            throw new UsageException(
                "--overwrite-unreadable and --verify none cannot be used together",
                "only reading them back shows that the blocks can be read again");
        }

        DemandName(Undo, "--undo");
        DemandName(Repair, "--repair");
        CheckParts();
        DemandName(OldChecksums, "--update-ckf");
        CheckChecksums();
        CheckStream();
    }

    /// <summary>Refuses a line on which the target has a second role. The storage would refuse it, too, but knows no roles.</summary>
    /// <exception cref="UsageException">One of the other files is the target.</exception>
    public void DemandTargetOnce()
    {
        if (Files.FirstOrDefault(IsTarget) is { } patch)
        {
            throw new UsageException(
                $"{patch} is given as a data file and as the target", "the target comes last: dtfile apply FILE.dtf TARGET");
        }

        (string? Path, string Option)[] others =
        [
            (Undo, "--undo"), (Repair, "--repair"), (Request, "--request"), (OldChecksums, "--update-ckf"), (NewChecksums, "-o"),
        ];
        if (others.FirstOrDefault(other => other.Path is { } path && IsTarget(path)) is { Path: { } same, Option: var option })
        {
            throw new UsageException($"{same} is the target; {option} needs another file");
        }
    }

    /// <summary>
    /// Makes sure, also for a dry run, that there are places for the outputs. An undo file that exists is left to the run: it may be the
    /// right one.
    /// </summary>
    /// <exception cref="UsageException">An output is an input.</exception>
    /// <exception cref="StorageException">An output exists, or has no directory.</exception>
    public void DemandOutputs()
    {
        if (Undo is not null && !MessageInput.Exists(Undo))
        {
            MessageFiles.DemandName(Undo, force: false);
        }

        if (Repair is not null)
        {
            MessageFiles.DemandName(Repair, force: false, Files[0]);
        }
    }

    private bool IsTarget(string path) => path != MessageFiles.Standard && FileIdentity.IsSameFile(path, Target);

    /// <summary>Refuses options that are for a whole data file.</summary>
    /// <exception cref="UsageException">One was given with parts of a set.</exception>
    public void CheckForSet()
    {
        if (FirstOf((Repair, "--repair"), (Request, "--request"), (OldChecksums, "--update-ckf")) is { } option)
        {
            throw new UsageException(
                $"{option} is for a whole data file",
                OldChecksums is null
                    ? "make a part again with --part, or apply it again"
                    : "when all parts are applied, ckfile makes the new checksum file");
        }
    }

    private void CheckParts()
    {
        if (Files.Length == 1)
        {
            return;
        }

        if (Files.Contains(MessageFiles.Standard))
        {
            throw new UsageException("'-' can be the only data file, but not one of several parts");
        }

        if (FirstOf((Undo, "--undo"), (Repair, "--repair")) is { } option)
        {
            throw new UsageException($"{option} is for one data file at a time", "apply the parts one by one, each with a file of its own");
        }
    }

    private void CheckChecksums()
    {
        if ((OldChecksums is null) != (NewChecksums is null))
        {
            throw OldChecksums is null
                ? new UsageException("-o needs --update-ckf", "see 'dtfile apply --help'")
                : new UsageException("--update-ckf needs a name for the new checksum file", "name it with -o");
        }

        if (OldChecksums is null && Force)
        {
            throw new UsageException("-f needs --update-ckf", "see 'dtfile apply --help'");
        }

        if (OldChecksums is not null && (Specification.DryRun || Specification.Verify == VerifyMode.None))
        {
            throw new UsageException(
                $"--update-ckf and {(Specification.DryRun ? "--dry-run" : "--verify none")} cannot be used together",
                "the new checksum file records what was written and read back");
        }
    }

    // The promises of these options need the whole data file before anything is written, or after all is.
    private void CheckStream()
    {
        if (!Streams)
        {
            return;
        }

        if (Files.Length > 1)
        {
            throw new UsageException("--stream is for one data file");
        }

        string? option = FirstOf(
            (Undo, "--undo"),
            (Repair, "--repair"),
            (OldChecksums, "--update-ckf"),
            (Request, "--request"),
            (Specification.CheckBase ? string.Empty : null, "--check-base"),
            (SpoolDirectory, "--spool"));
        if (option is not null)
        {
            throw new UsageException(
                $"--stream and {option} cannot be used together", $"{option} needs the data file as a whole: leave out --stream");
        }
    }

    private static void DemandName(string? path, string option)
    {
        if (path == MessageFiles.Standard)
        {
            throw new UsageException($"{option} needs a named file: a later run looks for it");
        }
    }

    // The first option that was given.
    private static string? FirstOf(params (string? Value, string Name)[] options) =>
        options.FirstOrDefault(option => option.Value is not null).Name;
}
