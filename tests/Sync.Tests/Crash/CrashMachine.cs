using BinarySync.Storage;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>The calls at which a machine may crash.</summary>
internal enum CrashCall
{
    Write,
    ZeroRange,
    PunchHole,
    SetLength,
    Flush,

    /// <summary>Changes no content, but the target's times.</summary>
    Allocate,
    JournalReplace,
    JournalOverwrite,
    JournalRemove,
    NoteReplace,
    NoteRemove,
    RedoWrite,
    RedoFlush,
    RedoRemove,
    UndoCommit,
    UndoOpen,

    /// <summary>Behind the last call of a run.</summary>
    End,
}

/// <summary>
/// A call that changes something, with all that it takes to work out what a crash before it or in the middle of it leaves.
/// </summary>
/// <param name="Call">Which.</param>
/// <param name="Before">The machine when the call begins.</param>
/// <param name="Change">What it does to the target.</param>
/// <param name="File">What it makes of the journal, of the note, of the redo or of the undo file.</param>
/// <param name="FileRange">The bytes of the journal that it overwrites.</param>
/// <param name="UndoNumber">Which undo file it makes or finds.</param>
internal readonly record struct CrashPoint(
    CrashCall Call, MachineState Before, CrashChange? Change =
        null, byte[]? File = null, (int From, int End) FileRange = default, int UndoNumber = 0)
{
    public bool ChangesRedo => Call is CrashCall.RedoWrite or CrashCall.RedoRemove;

    public bool ChangesNote => Call is CrashCall.NoteReplace or CrashCall.NoteRemove;

    public bool ChangesJournal => Call is CrashCall.JournalReplace or CrashCall.JournalOverwrite or CrashCall.JournalRemove;
}

/// <summary>A call that shall fail.</summary>
/// <param name="Number">The n-th changing call of the run, from 0.</param>
/// <param name="Random">For what is left of it.</param>
internal sealed record CallFault(int Number, Random Random);

/// <summary>
/// The machine during one run: its state, and each change on the way. Journal and undo file are as durable as their contracts say.
/// </summary>
internal sealed class CrashMachine(MachineState state, CrashBehaviour behaviour, CallFault? fault = null)
{
    private readonly List<CrashPoint> _points = [];

    public MachineState State { get; set; } = state;

    public CrashBehaviour Behaviour => behaviour;

    /// <summary>All changing calls of the run, in order.</summary>
    public IReadOnlyList<CrashPoint> Points => _points;

    /// <summary>The call that failed, when it has.</summary>
    public CrashPoint? Failed { get; private set; }

    /// <summary>Does a call, or fails it.</summary>
    /// <param name="point">What it does.</param>
    /// <param name="after">The machine behind it.</param>
    public void Do(in CrashPoint point, MachineState after)
    {
        _points.Add(point);
        if (fault?.Number != _points.Count - 1)
        {
            State = after;
            return;
        }

        Failed = point;
        State = point.AfterFailure(fault.Random, behaviour);
        StorageError error = point.Call is CrashCall.Flush or CrashCall.RedoFlush or CrashCall.UndoOpen
            || ((point.ChangesJournal || point.ChangesNote) && fault.Random.Next(2) == 0)
            ? StorageError.FlushFailed
            : fault.Random.Next(2) == 0 ? StorageError.NoSpace : StorageError.WriteFailed;
        throw new StorageException(error, "target", $"injected at {point.Call}", 5);
    }
}

/// <summary>What a machine can do, and does wrong where a test takes a safeguard away.</summary>
internal sealed record CrashBehaviour
{
    public StorageKind Kind { get; init; } = StorageKind.RegularFile;

    public bool HasHoles { get; init; }

    public bool CanPunch { get; init; } = true;

    public bool CanZeroRange { get; init; } = true;

    public bool CanAllocate { get; init; } = true;

    /// <summary>Somebody looks at the target's times: that room was reserved is to be seen then.</summary>
    public bool HasTimes { get; init; }

    /// <summary>Changes of the journal are durable when their call returns, as they must be.</summary>
    public bool FlushesJournal { get; init; } = true;

    /// <summary>What was written to the target is durable when a flush has succeeded, as it must be.</summary>
    public bool FlushesTarget { get; init; } = true;

    /// <summary>What was written to the redo is durable when a flush has succeeded, as it must be.</summary>
    public bool FlushesRedo { get; init; } = true;

    /// <summary>An undo file of an earlier run is durable when it has been opened, as it must be.</summary>
    public bool FlushesFoundUndo { get; init; } = true;
}
