using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Texts;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Storage.State;
using BinarySync.Storage.Usage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Cli.Commands;

/// <summary>The target of `dtfile apply`, and the files of its state.</summary>
internal sealed class ApplyTarget : IDisposable
{
    private readonly ApplyLine _line;
    private readonly CommandSession _session;
    private readonly StateFile _journal;
    private readonly RedoFile _redo;
    private readonly PartitionWarning _partitions;

    private ApplyTarget(ApplyLine line, CommandSession session, IWritableStorage storage, StateFile journal, StateFile setNote)
    {
        (_line, _session, Storage, _journal, SetNote) = (line, session, storage, journal, setNote);
        _redo = RedoFile.Of(journal);
        _partitions = new PartitionWarning(storage);
    }

    public IWritableStorage Storage { get; }

    /// <summary>Which parts of a set are applied.</summary>
    public StateFile SetNote { get; }

    /// <summary>Opens the target for patching, or for reading only, and prints what a person should know of it.</summary>
    public static ApplyTarget Open(ApplyLine line, ApplyInputs inputs, CommonOptions common, CommandSession session)
    {
        if (FileIdentity.LinkedTo(line.Target) is { } real)
        {
            session.Terminal.Note($"{line.Target} is a symbolic link to {real}");
        }

        // A fault of the target is reported before a fault of the journal's place. But the target must not hold the journal.
        bool readOnly = line.Specification.DryRun;
        StateFile? journal = null;
        StateFile? setNote = null;
        IWritableStorage? storage = null;
        try
        {
            journal = StateDirectory.JournalOf(line.Target, line.JournalDirectory, readOnly: true);
            setNote = StateDirectory.SetNoteOf(line.Target, line.JournalDirectory, readOnly: true);
            string?[] messages =
            [
                .. line.Files.Where(name => name != MessageFiles.Standard),
                inputs.SpoolDirectory is { } spool ? Path.Combine(spool, "spool") : null,
                journal.Name,
                setNote.Name,
                line.Undo,
                line.Repair,
                line.Request,
                line.OldChecksums,
                line.NewChecksums,
            ];
            TargetSight sight = TargetSight.Look(line.Target);
            storage = common.Storage.OpenTarget(
                line.Typed, line.Target, [.. messages.OfType<string>()], readOnly, line.Unguarded, session.Options.Cancellation);
            TargetWarnings.Say(session.Terminal, line.Target, sight, line.Unguarded);
            if (line.Undo is not null && !readOnly)
            {
                DeviceFileWarning.Say(session.Terminal, line.Undo);
            }

            if (!readOnly)
            {
                journal.DemandPlace();
            }

            ApplyTarget target = new(line, session, storage, journal, setNote);
            target.SayJournal();
            return target;
        }
        catch
        {
            storage?.Dispose();
            setNote?.Dispose();
            journal?.Dispose();
            throw;
        }
    }

    /// <summary>The files beside the target.</summary>
    /// <param name="redo">Copies may be kept in a redo.</param>
    public ApplyPlaces Places(bool redo) => new(
        _journal,
        TargetIdentity.Of(_line.Target),
        _line.Undo is null ? null : new UndoPlace(_line.Undo, OutputRights.Of([_line.Target], _session.OutputMode)),
        Redo: redo ? _redo : null)
    {
        Elsewhere = StateDirectory.OtherJournalsOf(_line.Target, _line.JournalDirectory),
    };

    /// <summary>Prints that partitions have changed, if they have.</summary>
    /// <param name="done">The run; null for parts of a set.</param>
    public void SayPartitions(ApplyResult? done) =>
        _partitions.Say(_session.Terminal, goesOn: done is { DryRun: false } && done.Start is not ApplyStart.Fresh);

    public void Dispose()
    {
        _redo.Dispose();
        _journal.Dispose();
        SetNote.Dispose();
        Storage.Dispose();
    }

    // A user who looks for the journal of a file looks beside it.
    private void SayJournal()
    {
        if (_journal.SharedPlace is not null)
        {
            _session.Terminal.Note(
                $"others can write to the directory of {_line.Target}: its journal is kept in {Path.GetDirectoryName(_journal.Name)}");
        }
    }
}
