using System.Text;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Streaming;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>A state that is lost: what the code promises cannot be had from it.</summary>
/// <param name="Number">The case.</param>
/// <param name="Text">What happened, and how it came to that.</param>
internal sealed record CrashFind(int Number, string Text);

/// <summary>
/// Applies a case on a machine that crashes, and finds out from each state that a crash may leave whether the same command finishes and
/// the undo file leads back, also when these runs crash. All of it is decided by the seed and the number of the case.
/// </summary>
internal sealed class CrashModel
{
    private readonly CrashCase _case;
    private readonly CrashJudge _judge;
    private readonly int _number;
    private readonly ApplyTuning _tuning;
    private readonly CrashCounts _counts;
    private readonly Random _random;
    private readonly CrashEffort _effort;
    private readonly StateDigest _digest = new();
    private readonly Queue<Node> _queue = new();
    private CrashFind? _find;

    private CrashModel(CrashCase crashCase, int number, ApplyTuning tuning, CrashCounts counts, CrashEffort effort, Random random)
    {
        _case = crashCase;
        _judge = new CrashJudge(crashCase);
        _number = number;
        _tuning = tuning with { WindowBytes = crashCase.WindowBytes, RedoBytes = crashCase.RedoBytes };
        _counts = counts;
        _effort = effort;
        _random = random;
    }

    /// <summary>Explores one case.</summary>
    /// <param name="seed">With the number, decides everything.</param>
    /// <param name="number">Of the case.</param>
    /// <param name="tuning">Safeguards.</param>
    /// <param name="change">What the machine does otherwise than it should.</param>
    /// <param name="counts">Where states are counted.</param>
    /// <param name="effort">How many states.</param>
    /// <returns>The first lost state; null where there is none.</returns>
    public static CrashFind? Explore(
        int seed, int number, ApplyTuning tuning, Func<CrashBehaviour, CrashBehaviour>? change, CrashCounts counts, CrashEffort effort)
    {
        Random random = new(unchecked((seed * 1_000_003) + number));
        if (effort.SetOneIn > 0 && number % effort.SetOneIn == 0)
        {
            bool isLarge = effort.LargeSetOneIn > 0 && number / effort.SetOneIn % effort.LargeSetOneIn == effort.LargeSetOneIn - 1;
            SetCase set = isLarge ? SetCase.Large(random) : SetCase.Small(random);
            set.Behaviour = change?.Invoke(set.Behaviour) ?? set.Behaviour;
            return new SetModel(set, number, tuning, counts, isLarge ? effort.Large : effort, random).Explore();
        }

        CrashCase crashCase = effort.LargeOneIn > 0 && number % effort.LargeOneIn == effort.LargeOneIn - 1
            ? CrashCase.Large(random)
            : CrashCase.Small(random, effort.OnlyShape);
        if (change is not null)
        {
            crashCase.Behaviour = change(crashCase.Behaviour);
        }

        CrashModel model = new(crashCase, number, tuning, counts, crashCase.IsLarge ? effort.Large : effort, random);
        model.Run();
        return model._find;
    }

    private void Run()
    {
        Node first = new(null, _case.Start, Direction.Forth, 0, "begin");
        MachineState? done = Visit(first);
        if (done is not null && _case.WithUndo && _find is null)
        {
            MachineState? back = Visit(new Node(first, done, Direction.Back, 0, "done"));
            if (back is not null && _find is null)
            {
                Visit(new Node(first, back, Direction.Forth, 0, "taken back"));
            }
        }

        while (_find is null && _queue.TryDequeue(out Node? node))
        {
            Visit(node);
        }
    }

    // Tries all that may be done from a state. Returns what the same command leaves.
    private MachineState? Visit(Node node)
    {
        Outcome same = Apply(node, node.Last, mustSucceed: true);
        if (same.Machine is null)
        {
            return null;
        }

        Harvest(node, same);
        if (_random.NextDouble() < _effort.FailureShare(node.Depth))
        {
            int failures = node.Depth == 0 ? _effort.FirstFailures : 1;
            for (int i = 0; i < failures && _find is null && node.Depth < CrashCounts.MaxDepth; i++)
            {
                Fail(node, node.Last, same.Machine.Points.Count);
            }
        }

        Direction other = Opposite(node.Last);
        if (_find is null
            && node.Depth > 0
            && (other == Direction.Forth || node.State.Undo.Cache is not null)
            && _random.NextDouble() < _effort.OtherShare)
        {
            VisitOther(node, other);
        }

        if (_find is null
            && node.Depth > 0
            && _case.Thirds.Count > 0
            && IsInterrupted(node.State)
            && _random.NextDouble() < _effort.ThirdShare)
        {
            VisitThird(node);
        }

        if (_find is null && node.Depth > 0 && !_case.IsLarge && IsInterrupted(node.State) && _random.NextDouble() < _effort.ExchangeShare)
        {
            VisitExchanged(node);
        }

        return same.Machine.State;
    }

    // Another target takes the name of the one that was being patched: it is refused, or nothing is lost of it. Not of large cases:
    // there not every sector has a witness.
    private void VisitExchanged(Node node)
    {
        TargetExchange exchange = TargetExchange.Of(_case, node.State, _random);
        Direction direction = node.State.Undo.Cache is not null && _random.Next(3) == 0 ? Direction.Back : Direction.Forth;
        ApplySpecification specification = new()
        {
            Verify = (VerifyMode)_random.Next(3),
            AbandonJournal = _random.Next(4) == 0,
            Sparse = _case.Sparse,
        };
        CrashMachine machine = new(exchange.State, _case.Behaviour);
        _counts.AddRun();
        Exception? failure = null;
        try
        {
            ApplyPlaces places = new(new CrashStateFile(machine), "file:target", Redo: new CrashRedoFile(machine));
            if (_case.Kind == CrashShape.Stream)
            {
                StreamApplyOperation.Run(new CrashDisk(machine), _case.Stream(), places, specification, _tuning, 1, OneThread);
            }
            else
            {
                PatchSource patch = direction == Direction.Forth
                    ? _case.Patch()
                    : new PatchSource(new MemoryFile(node.State.Undo.Cache!), $"{direction}.dtf");
                ApplyOperation.Run(new CrashDisk(machine), patch, places, specification, _tuning, OneThread);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (exchange.Judge(_case, machine, failure) is { } wrong)
        {
            _find = new CrashFind(
                _number,
                Tell(
                    new Node(node, exchange.State, direction, node.Depth, exchange.Label),
                    direction,
                    CrashWay.Resumed,
                    specification,
                    wrong,
                    failure));
        }
    }

    // Without a journal that stands, a data file may go through that was made for something else, wherever its own blocks are right:
    // nobody promised more.
    private static bool IsInterrupted(MachineState state) =>
        state.Journal.Cache is { } file
            && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid
            && !record!.IsFinished;

    // A data file of another sync comes in between; where it goes through, it crashes too.
    private void VisitThird(Node node)
    {
        ThirdFile third = _case.Thirds[_random.Next(_case.Thirds.Count)];
        ThirdRun run = new(_case, third, _tuning);
        if (!Keeps(node, run, third, node.State, mustSucceed: false, $"{third.Name} is applied") || !run.Succeeded)
        {
            return;
        }

        for (int i = 0; i < 4 && _find is null; i++)
        {
            CrashPoint point = run.Machine!.Points[_random.Next(run.Machine.Points.Count)];
            MachineState state = point.PowerCut(_random);
            if (!Count(state, CrashFault.PowerCut, point.Call, CrashWay.Third, Math.Min(CrashCounts.MaxDepth, node.Depth + 1)))
            {
                continue;
            }

            Node crashed = new(node, state, node.Last, node.Depth + 1, $"{third.Name}, {CrashFault.PowerCut} at {point.Call}");
            bool isOwn = state.Journal.Cache is { } file
                && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid
                && record!.Session.Span.SequenceEqual(third.Digest);
            if (!IsInterrupted(state))
            {
                continue;
            }

            if (isOwn)
            {
                // The run that was interrupted first is refused or goes through; the one that stands now goes on.
                Apply(crashed, Direction.Forth, mustSucceed: false, mayBeThird: true);
                if (_find is null)
                {
                    Keeps(crashed, new ThirdRun(_case, third, _tuning), third, state, mustSucceed: true, $"{third.Name} again");
                }
            }
            else if (IsPromised(state, node.Last) && (node.Last == Direction.Forth || state.Undo.Cache is not null))
            {
                // An undo file may be gone whose run was killed before it was durable: that run had changed nothing.
                Apply(crashed, node.Last, mustSucceed: true);
            }
        }
    }

    private bool Keeps(Node node, ThirdRun run, ThirdFile third, MachineState state, bool mustSucceed, string label)
    {
        VerifyMode verify = _effort.Verify ?? (_random.Next(2) == 0 ? VerifyMode.Written : VerifyMode.None);
        _counts.AddRun();
        if (run.Apply(state, verify, mustSucceed) is { } wrong)
        {
            _find = new CrashFind(
                _number, Tell(
                    new Node(node, state, node.Last, node.Depth, label),
                    node.Last,
                    CrashWay.Third,
                    new ApplySpecification { Verify = verify },
                    wrong,
                    run.Failure));
        }

        return _find is null;
    }

    private void VisitOther(Node node, Direction other)
    {
        Outcome turned = Apply(node, other, mustSucceed: IsPromised(node.State, other));
        if (turned.Machine is null)
        {
            return;
        }

        Harvest(node, turned);
        if (_random.NextDouble() < _effort.FailureShare(node.Depth) && node.Depth < CrashCounts.MaxDepth)
        {
            Fail(node, other, turned.Machine.Points.Count);
        }

        if (_find is null && _random.NextDouble() < _effort.AgainShare)
        {
            Node again = new(node, turned.Machine.State, node.Last, node.Depth, $"{other} to its end");
            Outcome returned = Apply(again, node.Last, mustSucceed: true);
            if (returned.Machine is not null)
            {
                Harvest(again, returned);
            }
        }
    }

    // Another data file is applied only when every block is recognised without the journal.
    private bool IsPromised(MachineState state, Direction direction)
    {
        if (state.Journal.Cache is not { } file)
        {
            return true;
        }

        // What is taken back overwrites what was to be copied: that has to be finished first.
        if (direction == Direction.Forth && _case.NeedsOld
            && JournalRecord.TryDecode(file, out JournalRecord? back) == JournalContent.Valid
            && !back!.IsFinished
            && IsOf(back.Session, Direction.Back))
        {
            return false;
        }

        return JournalRecord.TryDecode(file, out JournalRecord? record) != JournalContent.Valid
            || record!.IsFinished
            || IsOf(record.Session, direction)
            || (record.Other is { } other && IsOf(other, direction));
    }

    private bool IsOf(ReadOnlyMemory<byte> session, Direction direction) =>
        direction == Direction.Forth ? _case.IsOwn(session) : session.Span.SequenceEqual(_judge.UndoDigest);

    private Outcome Apply(Node node, Direction direction, bool mustSucceed, CallFault? fault = null, bool mayBeThird = false)
    {
        CrashMachine machine = new(node.State, _case.Behaviour, fault);
        CrashWay way = WayOf(node.State, direction);
        ApplySpecification specification = new()
        {
            Verify = _effort.Verify ?? _random.Next(8) switch
            {
                < 4 => VerifyMode.Written,
                < 7 => VerifyMode.None,
                _ => VerifyMode.Full,
            },

            // Whether a target that is partly patched was the base of the coarse request, can no longer be told; and what the base of a
            // stream is, stands at its end.
            CheckBase = _random.Next(8) == 0 && _case.Kind != CrashShape.Stream && (_case.Kind != CrashShape.Refined || node.Depth == 0),
            Sparse = _case.Sparse,
        };
        bool withUndo = direction == Direction.Forth && _case.WithUndo;
        byte[] dataFile = direction == Direction.Forth ? _case.DataFile : node.State.Undo.Cache!;
        _counts.AddRun();
        Exception? failure = null;
        try
        {
            ApplyPlaces places = new(
                new CrashStateFile(machine),
                "file:target",
                withUndo ? new CrashUndoPlace(machine) : null,
                Redo: new CrashRedoFile(machine));
            if (_case.Kind == CrashShape.Stream)
            {
                StreamApplyOperation.Run(new CrashDisk(machine), _case.Stream(), places, specification, _tuning, 1, OneThread);
            }
            else
            {
                ApplyOperation.Run(
                    new CrashDisk(machine),
                    direction == Direction.Forth ? _case.Patch() : new PatchSource(new MemoryFile(dataFile), $"{direction}.dtf"),
                    places,
                    specification,
                    _tuning,
                    OneThread);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        string? wrong = failure is null
            ? _judge.Judge(direction, machine.State, withUndo)
            : _judge.JudgeFailure(machine, failure, mustSucceed, mayBeThird);
        if (wrong is not null)
        {
            _find = new CrashFind(_number, Tell(node, direction, way, specification, wrong, failure));
            return default;
        }

        return failure is null || fault is not null ? new Outcome(machine, direction, way) : default;
    }

    private static SyncOptions OneThread { get; } = new() { Threads = 1 };

    private CrashWay WayOf(MachineState state, Direction direction)
    {
        if (state.Journal.Cache is { } file
            && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid
            && !record!.IsFinished)
        {
            return IsOf(record.Session, direction) ? CrashWay.Resumed : CrashWay.TurnedRound;
        }

        return direction == Direction.Forth ? CrashWay.Forth : CrashWay.Back;
    }

    // States that a crash of this run may have left: all points of the first run, a few of each later one.
    private void Harvest(Node node, in Outcome outcome)
    {
        int depth = node.Depth + 1;
        IReadOnlyList<CrashPoint> points = outcome.Machine!.Points;
        if (node.Depth == 0)
        {
            int each = Math.Clamp(_effort.FirstStates / Math.Max(1, points.Count), 2, 12);
            for (int number = 0; number < points.Count; number++)
            {
                Add(node, outcome, number, points[number].KilledBefore(), CrashFault.Kill);
                Add(node, outcome, number, points[number].KilledInside(_random), CrashFault.Kill);
                for (int i = 0; i < each; i++)
                {
                    Add(node, outcome, number, points[number].PowerCut(_random), CrashFault.PowerCut);
                }
            }

            return;
        }

        double states = _effort.LaterStates(depth);
        for (int i = 0; i < (int)states + (_random.NextDouble() < states - (int)states ? 1 : 0); i++)
        {
            int number = _random.Next(points.Count);
            switch (_random.Next(6))
            {
                case 0:
                    Add(node, outcome, number, points[number].KilledBefore(), CrashFault.Kill);
                    break;
                case 1:
                    Add(node, outcome, number, points[number].KilledInside(_random), CrashFault.Kill);
                    break;
                default:
                    Add(node, outcome, number, points[number].PowerCut(_random), CrashFault.PowerCut);
                    break;
            }
        }
    }

    private void Add(Node node, in Outcome outcome, int number, MachineState? state, CrashFault fault)
    {
        CrashCall call = outcome.Machine!.Points[number].Call;
        if (state is not null
            && (_effort.OnlyFault ?? fault) == fault
            && (_effort.KeptShare >= 1 || _random.NextDouble() < _effort.KeptShare)
            && Count(state, fault, call, outcome.Way, node.Depth + 1))
        {
            Enqueue(node, state, outcome.Direction, $"{outcome.Way}, {fault} at change {number} ({call})");
        }
    }

    private bool Count(MachineState state, CrashFault fault, CrashCall call, CrashWay way, int depth) =>
        _counts.Add(state.Digest(_digest, _case.Digest), fault, call, way, depth, _case.Kind);

    private void Enqueue(Node node, MachineState state, Direction last, string label)
    {
        // An undo file whose name was not durable yet: nothing was written by then, so the first direction must do. And a run that gave
        // up the journal of another may have died before it had one: then the other one's still stands, and that is what the user is told
        // to go on with.
        last = state.Undo.Cache is null ? Direction.Forth : IsPromised(state, last) ? last : Opposite(last);
        _queue.Enqueue(new Node(node, state, last, node.Depth + 1, label));
    }

    private static Direction Opposite(Direction direction) => direction == Direction.Forth ? Direction.Back : Direction.Forth;

    // Lets a call of the run fail: what it leaves is a state like any other.
    private void Fail(Node node, Direction direction, int calls)
    {
        Outcome failed = Apply(
            node,
            direction,
            mustSucceed: IsPromised(node.State, direction),
            new CallFault(_random.Next(calls), new Random(_random.Next())));
        if (failed.Machine?.Failed is { } point)
        {
            MachineState state = failed.Machine.State;
            CrashFault fault = point.Call == CrashCall.Flush ? CrashFault.FlushFailure : CrashFault.CallFailure;
            if ((_effort.OnlyFault ?? fault) == fault && Count(state, fault, point.Call, failed.Way, node.Depth + 1))
            {
                Enqueue(node, state, direction, $"{failed.Way}, {fault} at {point.Call}");
            }
        }
    }

    private string Tell(Node node, Direction direction, CrashWay way, ApplySpecification specification, string wrong, Exception? failure)
    {
        StringBuilder text = new();
        text.AppendLine($"case {_number}: {wrong}");
        text.AppendLine($"  {_case.Description}");
        text.AppendLine(
            $"  {_case.Behaviour}, sparse {_case.Sparse}, undo {_case.WithUndo}, windows of {_case.WindowBytes}, redo of "
                + $"{_case.RedoBytes}, needs old content {_case.NeedsOld}");
        Stack<string> path = [];
        for (Node? at = node; at is not null; at = at.Parent)
        {
            path.Push(at.Label);
        }

        foreach (string label in path)
        {
            text.AppendLine($"  {label}");
        }

        text.AppendLine($"  {direction} ({way}), verify {specification.Verify}, check base {specification.CheckBase}");
        text.AppendLine(
            $"  target {node.State.Cache.Length} bytes, on the medium {node.State.Medium.Length}, {node.State.Pending.Count} "
                + "changes pending");
        if (node.State.Journal.Cache is { } file && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid)
        {
            text.AppendLine(
                $"  journal {record!.Sequence}{(record.IsFinished ? " finished" : string.Empty)}, windows "
                    + $"{string.Join(' ', record.Windows)}, doubt from {record.DoubtFrom}, tail was zero {record.TailWasZero}");
        }

        if (failure is not null)
        {
            text.AppendLine($"  {failure}");
        }

        return text.ToString();
    }

    /// <summary>A run that has ended: where it may have crashed. Nothing where it was refused.</summary>
    private readonly record struct Outcome(CrashMachine? Machine, Direction Direction, CrashWay Way);

    /// <summary>A state, and how it came to be.</summary>
    private sealed record Node(Node? Parent, MachineState State, Direction Last, int Depth, string Label);
}
