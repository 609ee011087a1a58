using System.Diagnostics.CodeAnalysis;
using System.Text;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>A state, and how it came to be.</summary>
/// <param name="Parent">The state before; null for the first.</param>
/// <param name="State">The machine.</param>
/// <param name="Known">Of each part.</param>
/// <param name="Last">The command that was interrupted.</param>
/// <param name="Depth">Crashes so far.</param>
/// <param name="KeepsUndo">The undo files still fit.</param>
/// <param name="Label">What happened.</param>
internal sealed record SetNode(
    SetNode? Parent, MachineState State, IReadOnlyList<PartKnowledge> Known, SetCommand Last, int Depth, bool KeepsUndo, string Label)
{
    /// <summary>When the same command has gone on to its end, all parts are in place.</summary>
    public bool EndsComplete { get; init; }
}

/// <summary>
/// Runs commands on the parts of a set, judges what comes of them, and keeps the states that a crash of them may leave, for later.
/// </summary>
internal sealed class SetRuns(SetCase set, int number, ApplyTuning tuning, CrashCounts counts, CrashEffort effort, Random random)
{
    private readonly SetJudge _judge = new(set);
    private readonly ApplyTuning _tuning = tuning with { WindowBytes = set.WindowBytes };
    private readonly byte[] _session = [.. set.Digests.SelectMany(digest => digest)];
    private readonly StateDigest _digest = new();
    private readonly Queue<SetNode> _queue = new();
    private readonly Dictionary<byte[], byte[]> _undoDigests = new(ReferenceEqualityComparer.Instance);

    /// <summary>The first lost state; null where there is none.</summary>
    public CrashFind? Find { get; private set; }

    /// <summary>The journal of a run that was interrupted; null where none stands.</summary>
    public static JournalRecord? Journal(MachineState state) =>
        state.Journal.Cache is { } file
            && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid
            && !record!.IsFinished
            ? record
            : null;

    /// <summary>The next state that was kept; false where there is none, or one is lost.</summary>
    public bool TryNext([NotNullWhen(true)] out SetNode? node)
    {
        node = null;
        return Find is null && _queue.TryDequeue(out node);
    }

    /// <summary>
    /// Runs a command that must go through, with a number of calls of it that fail besides. Null where something is lost.
    /// </summary>
    public SetNode? First(SetNode node, SetCommand command, bool mustComplete, int failures)
    {
        Outcome outcome = Apply(node, command, mustSucceed: true, mustComplete);
        if (outcome.Machine is null)
        {
            return null;
        }

        Harvest(node, outcome, mustComplete);
        for (; failures > 0 && Find is null; failures--)
        {
            Fail(node, command, mustComplete, outcome.Machine.Points.Count);
        }

        return Next(node, outcome);
    }

    /// <summary>Runs one more command, from which states are taken as well. Null where it was refused, or something is lost.</summary>
    public SetNode? Go(SetNode node, SetCommand command, bool mustComplete, bool keepsUndo = false)
    {
        // The states that this command leaves are its own: also where it is interrupted, an undo file of before may not fit any more.
        node = node with { KeepsUndo = node.KeepsUndo && keepsUndo };
        bool isPromised = IsPromised(node.State, command);
        Outcome outcome = Apply(node, command, isPromised, mustComplete);
        if (outcome.Machine is null)
        {
            return null;
        }

        Harvest(node, outcome, mustComplete);
        if (node.Depth < CrashCounts.MaxDepth && random.NextDouble() < effort.FailureShare(node.Depth))
        {
            Fail(node, command, mustComplete, outcome.Machine.Points.Count);
        }

        return Find is null ? Next(node, outcome) : null;
    }

    private SetNode Next(SetNode node, in Outcome outcome) =>
        new(
            node,
            outcome.Machine!.State,
            After(node.Known, outcome.Command, isDone: true),
            outcome.Command,
            node.Depth,
            node.KeepsUndo,
            $"{outcome.Command} to its end");

    private static PartKnowledge[] After(IReadOnlyList<PartKnowledge> known, SetCommand command, bool isDone)
    {
        PartKnowledge[] after = [.. known];
        foreach (int part in command.Parts)
        {
            after[part] = !isDone
                ? PartKnowledge.Either
                : command.Direction == Direction.Forth
                ? PartKnowledge.InPlace
                : PartKnowledge.NotInPlace;
        }

        return after;
    }

    // No part is let in while another one is interrupted.
    private bool IsPromised(MachineState state, SetCommand command)
    {
        if (Journal(state) is not { } record)
        {
            return true;
        }

        bool Is(ReadOnlyMemory<byte>? session) =>
            session is { } some && command.Parts.Any(part => some.Span.SequenceEqual(DigestOf(state, part, command.Direction)));

        // What is taken back overwrites what was to be copied: that has to be finished first.
        return Is(record.Session) || (Is(record.Other) && !(command.Direction == Direction.Forth && set.NeedsOld));
    }

    private byte[] DigestOf(MachineState state, int part, Direction direction)
    {
        if (direction == Direction.Forth)
        {
            return set.Digests[part];
        }

        byte[] undo = state.Undos[part].Cache ?? [];
        if (!_undoDigests.TryGetValue(undo, out byte[]? digest))
        {
            digest = undo.Length == 0 ? [] : CrashCase.DigestOf(undo);
            _undoDigests.Add(undo, digest);
        }

        return digest;
    }

    private Outcome Apply(SetNode node, SetCommand command, bool mustSucceed, bool mustComplete, CallFault? fault = null)
    {
        CrashMachine machine = new(node.State, set.Behaviour, fault);
        CrashWay way = Journal(node.State) is not { } record ? command.Direction == Direction.Forth ? CrashWay.Forth : CrashWay.Back
            : command.Parts.Any(part => record.Session.Span.SequenceEqual(DigestOf(node.State, part, command.Direction)))
                ? CrashWay.Resumed
                : CrashWay.TurnedRound;
        VerifyMode verify = effort.Verify ?? (random.Next(8) < 4 ? VerifyMode.Written : VerifyMode.None);
        ApplySpecification specification = new()
        {
            Verify = command.Parts.Count == set.Parts.Count && effort.Verify is null && random.Next(2) == 0 ? VerifyMode.Full : verify,
            CheckBase = node.Parent is null && random.Next(4) == 0,
            Sparse = set.Sparse,
        };
        counts.AddRun();
        SetResult? result = null;
        Exception? failure = null;
        try
        {
            PartFiles parts = PartFiles.Look([.. command.Parts.Select(part => Source(node.State, part, command.Direction))], OneThread)!;
            ApplyPlaces places = new(
                new CrashStateFile(machine), "file:target", command.WithUndo
                    ? new CrashUndoPlace(machine, command.Parts[0])
                    : null, Redo: new CrashRedoFile(machine));
            result = SetApplyOperation.Run(
                new CrashDisk(machine), parts, places, new CrashNoteFile(machine), specification, _tuning, OneThread);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        string? wrong = failure is not null ? _judge.JudgeFailure(machine, failure, mustSucceed)
            : _judge.Judge(command, result!, machine.State, After(node.Known, command, isDone: true))
            ?? SetJudge.JudgeNote(command, machine)






            ?? (mustComplete && !result!.IsComplete && !WasComplete(node.State, command.Direction) ? "all parts are in place, and it was "
                + $"said that {NumberText.Of(result.Missing)} is missing ({result.Note})" : null);
        if (wrong is not null)
        {
            Find = new CrashFind(number, Tell(node, command, way, specification, wrong, failure));
            return default;
        }

        return failure is null || machine.Failed is not null ? new Outcome(machine, command, way) : default;
    }

    // The note went, and then the run died that had made all right: of that nobody knows any more, and nothing depends on it.
    private bool WasComplete(MachineState state, Direction direction) =>
        state.Note.Cache is null && set.Images.JudgeWhole(state.Cache, direction == Direction.Forth) is null;

    private PartSource Source(MachineState state, int part, Direction direction)
    {
        byte[] file = direction == Direction.Forth ? set.Parts[part] : state.Undos[part].Cache!;
        return new PartSource($"{direction}.{part + 1}.dtf", () => new MemoryFile(file));
    }
    private static SyncOptions OneThread { get; } = new() { Threads = 1 };

    // States that a crash of this run may have left: all points of the script's runs, a few of each later one.
    private void Harvest(SetNode node, in Outcome outcome, bool mustComplete)
    {
        IReadOnlyList<CrashPoint> points = outcome.Machine!.Points;
        if (node.Depth == 0)
        {
            for (int number = 0; number < points.Count; number++)
            {
                Add(node, outcome, number, points[number].KilledBefore(), CrashFault.Kill, mustComplete);
                Add(node, outcome, number, points[number].KilledInside(random), CrashFault.Kill, mustComplete);
                Add(node, outcome, number, points[number].PowerCut(random), CrashFault.PowerCut, mustComplete);
                Add(node, outcome, number, points[number].PowerCut(random), CrashFault.PowerCut, mustComplete);
            }

            return;
        }

        double states = effort.LaterStates(node.Depth + 1);
        for (int i = 0; i < (int)states + (random.NextDouble() < states - (int)states ? 1 : 0) && points.Count > 0; i++)
        {
            int number = random.Next(points.Count);
            int draw = random.Next(6);
            MachineState? state = draw == 0
                ? points[number].KilledBefore()
                : draw == 1
                ? points[number].KilledInside(random)
                : points[number].PowerCut(random);
            Add(node, outcome, number, state, draw < 2 ? CrashFault.Kill : CrashFault.PowerCut, mustComplete);
        }
    }

    private void Add(SetNode node, in Outcome outcome, int number, MachineState? state, CrashFault fault, bool mustComplete)
    {
        CrashCall call = outcome.Machine!.Points[number].Call;
        if (state is not null && (effort.OnlyFault ?? fault) == fault && (effort.KeptShare >= 1 || random.NextDouble() < effort.KeptShare))
        {
            Enqueue(
                node, state, outcome, fault, call, mustComplete, $"{outcome.Command} ({outcome.Way}), {fault} at change {number} ({call})");
        }
    }

    private void Enqueue(
        SetNode node, MachineState state, in Outcome outcome, CrashFault fault, CrashCall call, bool mustComplete, string label)
    {
        if (
            counts.Add(
                state.Digest(_digest, _session),
                fault,
                call,
                outcome.Way,
                node.Depth + 1,
                set.IsLarge ? CrashShape.LargeSet : CrashShape.Set))
        {
            // A run that gave up the journal of another may have died before it had one: then the other one's still stands, and that is
            // what is to be gone on with.
            SetCommand last = IsPromised(state, outcome.Command) ? outcome.Command : node.Last;
            if (last.Direction == Direction.Back && last.Parts.Any(part => state.Undos[part].Cache is null))
            {
                // An undo file whose name was not durable yet has been applied, and is gone: it had nothing to write, but what its
                // journal says of the parts around it only the user can give up.
                if (Journal(state) is not null)
                {
                    return;
                }

                last = last with { Direction = Direction.Forth };
                mustComplete = false;
            }

            bool endsComplete = mustComplete && last == outcome.Command && !WasComplete(node.State, last.Direction);
            _queue.Enqueue(
                new SetNode(node, state, After(node.Known, outcome.Command, isDone: false), last, node.Depth + 1, node.KeepsUndo, label)
                {
                    EndsComplete = endsComplete,
                });
        }
    }

    // Lets a call of the run fail: what it leaves is a state like any other.
    private void Fail(SetNode node, SetCommand command, bool mustComplete, int calls)
    {
        if (calls == 0)
        {
            return;
        }

        Outcome failed = Apply(
            node,
            command,
            IsPromised(node.State, command),
            mustComplete: false,
            new CallFault(random.Next(calls), new Random(random.Next())));
        if (failed.Machine?.Failed is { } point)
        {
            CrashFault fault = point.Call == CrashCall.Flush ? CrashFault.FlushFailure : CrashFault.CallFailure;
            if ((effort.OnlyFault ?? fault) == fault)
            {
                Enqueue(
                    node,
                    failed.Machine.State,
                    failed,
                    fault,
                    point.Call,
                    mustComplete,
                    $"{command} ({failed.Way}), {fault} at {point.Call}");
            }
        }
    }

    private string Tell(SetNode node, SetCommand command, CrashWay way, ApplySpecification specification, string wrong, Exception? failure)
    {
        StringBuilder text = new();
        text.AppendLine($"case {number}: {wrong}");
        text.AppendLine($"  {set}");
        Stack<string> path = [];
        for (SetNode? at = node; at is not null; at = at.Parent)
        {
            path.Push(at.Label);
        }

        foreach (string label in path)
        {
            text.AppendLine($"  {label}");
        }

        text.AppendLine(
            $"  {command} ({way}), verify {specification.Verify}, check base {specification.CheckBase}; known "
                + $"{string.Join(' ', node.Known)}");
        text.AppendLine(
            $"  target {node.State.Cache.Length} bytes, on the medium {node.State.Medium.Length}, {node.State.Pending.Count} changes "
                + $"pending, times {node.State.Times}");
        if (Journal(node.State) is { } record)
        {
            text.AppendLine(
                $"  journal of {record.Patch}, windows {string.Join(' ', record.Windows)}, doubt from {record.DoubtFrom}, tail was zero "
                    + $"{record.TailWasZero}");
        }

        if (node.State.Note.Cache is { } file && SetNote.TryDecode(file) is { } note)
        {
            text.AppendLine(
                $"  note of {note.Stamp}, running {note.Running}, in place {string.Join(' ', note.InPlace)}, not "
                    + $"{string.Join(' ', note.NotInPlace)}");
        }

        return text.AppendLine($"  {failure}").ToString();
    }

    /// <summary>A run that has ended: where it may have crashed. Nothing where it was refused.</summary>
    private readonly record struct Outcome(CrashMachine? Machine, SetCommand Command, CrashWay Way);
}
