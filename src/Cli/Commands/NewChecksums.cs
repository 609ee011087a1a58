using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Sync;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Comparing;

namespace BinarySync.Cli.Commands;

/// <summary>The new checksum file of `dtfile apply --update-ckf`, made from the old one and the data file.</summary>
internal sealed class NewChecksums : IDisposable
{
    private readonly Stream _input;
    private readonly MessageOutput _output;
    private readonly string _target;

    private NewChecksums(Stream input, MessageOutput output, ApplyLine line)
    {
        (_input, _output, _target) = (input, output, line.Target);
        Old = new ChecksumSource(input, line.OldChecksums!);
    }

    /// <summary>The checksum file of the target before.</summary>
    public ChecksumSource Old { get; }

    /// <summary>Opens both; null if none was asked for.</summary>
    public static NewChecksums? Open(ApplyLine line, CommandSession session)
    {
        if (line.OldChecksums is null)
        {
            return null;
        }

        Stream input = MessageFiles.OpenSeekable(line.OldChecksums, session.Options.Cancellation);
        try
        {
            return new NewChecksums(input, Create(line, session), line);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>Says that the new file has not all that the old one has.</summary>
    public void SayNotes(Terminal terminal, ApplyLine line)
    {
        if (Old.Header is { HasRollingSums: true })
        {
            terminal.Note(
                $"{line.NewChecksums} has no rolling sums, which {line.OldChecksums} has: they need the target's content; to have them, "
                    + "make it with ckfile --shift");
        }
    }

    /// <summary>Writes the file, when the target has been patched.</summary>
    public void Write(PatchSource patch, ApplyResult done)
    {
        try
        {
            DerivedChecksums.Write(Old, patch, done.Plan, _output.Stream);
            _output.Commit();
        }
        catch (MessageFormatException changed)
        {
            throw new SyncException(
                SyncReason.ChecksumsNotDerived,
                changed.MessageName,
                $"changed meanwhile ({changed.Message}): {_target} is patched and verified, only its checksum file is missing",
                inner: changed);
        }
        catch (SyncException changed) when (
            changed.Reason is SyncReason.MessageChanged or SyncReason.DataFileChanged && changed.Progress is null)
        {
            throw changed.With(TargetProgress.Patched);
        }
        catch (StorageException failure)
        {
            throw failure.With(StorageContext.DerivingChecksums, $"{_target} is patched and verified, only its checksum file is missing");
        }
    }

    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
    }

    // Files of this run are compared by name as well: some of them do not exist yet.
    private static MessageOutput Create(ApplyLine line, CommandSession session)
    {
        string path = line.NewChecksums!;
        if (path == MessageFiles.Standard)
        {
            throw new UsageException("-o needs a named file");
        }

        string?[] files = [line.Files[0], line.Target, line.OldChecksums, line.Request, line.Undo, line.Repair];
        string[] others = [.. files.OfType<string>()];
        return others.FirstOrDefault(other => FileIdentity.IsSamePlace(other, path)) is { } same
            ? throw new UsageException($"{same} is another file of this command; it would be replaced")
            : MessageFiles.Create(path, line.Force, session, others);
    }
}
