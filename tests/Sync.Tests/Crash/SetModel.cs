using System.Text;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// Applies the parts of a set in random order on a machine that crashes, and finds out from each state whether the same command goes on, whether all parts together make B, and whether the
/// undo files lead back to A. All of it is decided by the seed and the number of the case.
/// </summary>
internal sealed class SetModel
{
    private readonly SetCase _set;
    private readonly SetJudge _judge;
    private readonly int _number;
    private readonly ApplyTuning _tuning;
    private readonly CrashCounts _counts;
    private readonly CrashEffort _effort;
    private readonly Random _random;
    private readonly int[] _order;
    private readonly byte[] _session;
    private readonly StateDigest _digest = new();
    private readonly Queue<Node> _queue = new();
    private readonly Dictionary<byte[], byte[]> _undoDigests = new(ReferenceEqualityComparer.Instance);
    private CrashFind? _find;

    public SetModel(SetCase set, int number, ApplyTuning tuning, CrashCounts counts, CrashEffort effort, Random random)
    {
        _set = set;
        _judge = new SetJudge(set);
        _number = number;
        _tuning = tuning with { WindowBytes = set.WindowBytes };
        _counts = counts;
        _effort = effort;
        _random = random;
        _order = [.. Enumerable.Range(0, set.Parts.Count)];
        random.Shuffle(_order);
        _session = [.. set.Digests.SelectMany(digest => digest)];
    }

    private SetCommand All => new(Shuffled(_order), Direction.Forth);

    /// <summary>Explores the case.</summary>
    /// <returns>The first lost state; null where there is none.</returns>
    public CrashFind? Explore()
    {
        Node node = new(null, _set.Start, [.. _order.Select(_ => PartKnowledge.NotInPlace)], All, 0, true, "begin");
        List<SetCommand> script = Script();
        for (int i = 0; i < script.Count; i++)
        {
            bool endsComplete = i == script.Count - 1 || script[i + 1].Direction != script[i].Direction;
            Outcome outcome = Apply(node, script[i], mustSucceed: true, mustComplete: endsComplete);
            if (outcome.Machine is null)
            {
                return _find;
            }

            Harvest(node, outcome, endsComplete);
            for (int failures = _effort.FirstFailures / script.Count; failures >= 0 && _find is null; failures--)
            {
                Fail(node, script[i], endsComplete, outcome.Machine.Points.Count);
            }

            node = Next(node, outcome);
        }

        while (_find is null && _queue.TryDequeue(out Node? next))
        {
            Visit(next);
        }

        return _find;
    }

    // Each part in turn or some of them together; then back by the undo files in reverse order; then all at once.
    private List<SetCommand> Script()
    {
        List<SetCommand> script = [];
        for (int i = 0; i < _order.Length;)
        {
            int count = _set.WithUndo ? 1 : Math.Min(_order.Length - i, 1 + (_random.Next(3) / 2));
            script.Add(new SetCommand([.. _order.Skip(i).Take(count)], Direction.Forth, _set.WithUndo));
            i += count;
        }

        if (_set.WithUndo)
        {
            script.AddRange(_order.Reverse().Select(part => new SetCommand([part], Direction.Back)));
            script.Add(All);
        }

        return script;
    }

    private void Visit(Node node)
    {
        switch (_random.Next(10))
        {
            case < 4:
                SetCommand again = node.Last;
                if (Go(node, again, node.EndsComplete, keepsUndo: true) is { } after && _random.NextDouble() < _effort.OtherShare)
                {
                    Finish(after);
                }

                return;
            case < 6:
                Finish(node);
                return;
            case 6:
                TurnRound(node);
                return;
            case 7:
                // Another part, and nothing was done about the one that was interrupted.
                int other = _order[_random.Next(_order.Length)];
                Node? next = Go(node, new SetCommand([other], Direction.Forth), mustComplete: false) ?? (_find is null ? node : null);
                if (next is not null)
                {
                    Finish(next);
                }

                return;
            case 8 when _set.Behaviour.Kind == StorageKind.RegularFile:
                // Somebody puts A back, and knows nothing of the note.
                MachineState restored = node.State with { Cache = _set.Images.A, Medium = _set.Images.A, Pending = [], Times = node.State.Times + 1, MediumTimes = node.State.Times + 1 };
                Node foreign = node with { Parent = node, State = restored, Known = [.. _order.Select(_ => PartKnowledge.NotInPlace)], Label = "A was put back" };
                if (Go(foreign, new SetCommand([.. Missing(node)], Direction.Forth), mustComplete: false) is { } patched)
                {
                    Finish(patched);
                }

                return;
            default:
                WalkBack(node);
                return;
        }
    }

    private IEnumerable<int> Missing(Node node)
    {
        int[] missing = [.. _order.Where(part => node.Known[part] != PartKnowledge.InPlace)];
        return missing.Length > 0 ? missing : [_order[^1]];
    }

    // All parts together: whatever was interrupted before is among them.
    private void Finish(Node node) => Go(node, All, mustComplete: true);

    private void TurnRound(Node node)
    {
        if (node.Last.Parts.Count > 1 || (node.Last.Direction == Direction.Forth && (!node.KeepsUndo || node.State.Undos[node.Last.Parts[0]].Cache is null)))
        {
            Finish(node);
            return;
        }

        // Forth with the undo file that is there: only so does what lies behind B on a device become what that undo file looks for.
        SetCommand turned = node.Last with { Direction = Opposite(node.Last.Direction), WithUndo = node.Last.Direction == Direction.Back };
        if (Go(node, turned, mustComplete: false, keepsUndo: true) is { } after && _random.NextDouble() < _effort.AgainShare)
        {
            Finish(after);
        }
    }

    // What was interrupted is taken back, and all before it, the last one first.
    private void WalkBack(Node node)
    {
        List<int> back = [.. node.Last.Parts.Where(_ => node.Last.Direction == Direction.Forth || Journal(node.State) is not null)];
        back.AddRange(_order.Reverse().Where(part => node.Known[part] != PartKnowledge.NotInPlace && !back.Contains(part)));
        if (!node.KeepsUndo || back.Count == 0 || node.Last.Parts.Count > 1 || back.Any(part => node.State.Undos[part].Cache is null))
        {
            Finish(node);
            return;
        }

        Node? at = node;
        foreach (int part in back)
        {
            at = at is null ? null : Go(at, new SetCommand([part], Direction.Back), mustComplete: false, keepsUndo: true);
        }

        // The last one cuts if all is known; else, all together do.
        if (at is not null && !at.State.Medium.SameAs(_set.Images.A) && _set.Behaviour.Kind == StorageKind.RegularFile && back.Count == _order.Length)
        {
            Go(at, new SetCommand(back, Direction.Back), mustComplete: true);
        }
    }

    // One more command, from which states are taken as well. Null where it was refused, or something is lost.
    private Node? Go(Node node, SetCommand command, bool mustComplete, bool keepsUndo = false)
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
        if (node.Depth < CrashCounts.MaxDepth && _random.NextDouble() < _effort.FailureShare(node.Depth))
        {
            Fail(node, command, mustComplete, outcome.Machine.Points.Count);
        }

        return _find is null ? Next(node, outcome) : null;
    }

    private Node Next(Node node, in Outcome outcome) =>
        new(node, outcome.Machine!.State, After(node.Known, outcome.Command, isDone: true), outcome.Command, node.Depth, node.KeepsUndo, $"{outcome.Command} to its end");

    private static PartKnowledge[] After(IReadOnlyList<PartKnowledge> known, SetCommand command, bool isDone)
    {
        PartKnowledge[] after = [.. known];
        foreach (int part in command.Parts)
        {
            after[part] = !isDone ? PartKnowledge.Either : command.Direction == Direction.Forth ? PartKnowledge.InPlace : PartKnowledge.NotInPlace;
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

        bool Is(ReadOnlyMemory<byte>? session) => session is { } some && command.Parts.Any(part => some.Span.SequenceEqual(DigestOf(state, part, command.Direction)));

        // What is taken back overwrites what was to be copied: that has to be finished first.
        return Is(record.Session) || (Is(record.Other) && !(command.Direction == Direction.Forth && _set.HasCopies));
    }

    private static JournalRecord? Journal(MachineState state) =>
        state.Journal.Cache is { } file && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid && !record!.IsFinished ? record : null;

    private byte[] DigestOf(MachineState state, int part, Direction direction)
    {
        if (direction == Direction.Forth)
        {
            return _set.Digests[part];
        }

        byte[] undo = state.Undos[part].Cache ?? [];
        if (!_undoDigests.TryGetValue(undo, out byte[]? digest))
        {
            digest = undo.Length == 0 ? [] : CrashCase.DigestOf(undo);
            _undoDigests.Add(undo, digest);
        }

        return digest;
    }

    private Outcome Apply(Node node, SetCommand command, bool mustSucceed, bool mustComplete, CallFault? fault = null)
    {
        CrashMachine machine = new(node.State, _set.Behaviour, fault);
        CrashWay way = Journal(node.State) is not { } record ? command.Direction == Direction.Forth ? CrashWay.Forth : CrashWay.Back
            : command.Parts.Any(part => record.Session.Span.SequenceEqual(DigestOf(node.State, part, command.Direction))) ? CrashWay.Resumed : CrashWay.TurnedRound;
        VerifyMode verify = _effort.Verify ?? (_random.Next(8) < 4 ? VerifyMode.Written : VerifyMode.None);
        ApplySpecification specification = new()
        {
            Verify = command.Parts.Count == _order.Length && _effort.Verify is null && _random.Next(2) == 0 ? VerifyMode.Full : verify,
            CheckBase = node.Parent is null && _random.Next(4) == 0,
            Sparse = _set.Sparse,
        };
        _counts.AddRun();
        SetResult? result = null;
        Exception? failure = null;
        try
        {
            PartFiles parts = PartFiles.Look([.. command.Parts.Select(part => Source(node.State, part, command.Direction))], OneThread)!;
            ApplyPlaces places = new(
                new CrashStateFile(machine), "file:target", command.WithUndo ? new CrashUndoPlace(machine, command.Parts[0]) : null, Redo: new CrashRedoFile(machine));
            result = SetApplyOperation.Run(new CrashDisk(machine), parts, places, new CrashNoteFile(machine), specification, _tuning, OneThread);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        string? wrong = failure is not null ? SetJudge.JudgeFailure(machine, failure, mustSucceed)
            : _judge.Judge(command, result!, machine.State, After(node.Known, command, isDone: true))
            ?? SetJudge.JudgeNote(command, machine)
            ?? (mustComplete && !result!.IsComplete && !WasComplete(node.State, command.Direction) ? $"all parts are in place, and it was said that {NumberText.Of(result.Missing)} is missing ({result.Note})" : null);
        if (wrong is not null)
        {
            _find = new CrashFind(_number, Tell(node, command, way, specification, wrong, failure));
            return default;
        }

        return failure is null || machine.Failed is not null ? new Outcome(machine, command, way) : default;
    }

    // The note went, and then the run died that had made all right: of that nobody knows any more, and nothing depends on it.
    private bool WasComplete(MachineState state, Direction direction) => state.Note.Cache is null && _set.Images.JudgeWhole(state.Cache, direction == Direction.Forth) is null;

    private PartSource Source(MachineState state, int part, Direction direction)
    {
        byte[] file = direction == Direction.Forth ? _set.Parts[part] : state.Undos[part].Cache!;
        return new PartSource($"{direction}.{part + 1}.dtf", () => new MemoryFile(file));
    }

    private static SyncOptions OneThread { get; } = new() { Threads = 1 };

    private static Direction Opposite(Direction direction) => direction == Direction.Forth ? Direction.Back : Direction.Forth;

    private int[] Shuffled(int[] parts)
    {
        int[] shuffled = [.. parts];
        _random.Shuffle(shuffled);
        return shuffled;
    }

    // States that a crash of this run may have left: all points of the script's runs, a few of each later one.
    private void Harvest(Node node, in Outcome outcome, bool mustComplete)
    {
        IReadOnlyList<CrashPoint> points = outcome.Machine!.Points;
        if (node.Depth == 0)
        {
            for (int number = 0; number < points.Count; number++)
            {
                Add(node, outcome, number, points[number].KilledBefore(), CrashFault.Kill, mustComplete);
                Add(node, outcome, number, points[number].KilledInside(_random), CrashFault.Kill, mustComplete);
                Add(node, outcome, number, points[number].PowerCut(_random), CrashFault.PowerCut, mustComplete);
                Add(node, outcome, number, points[number].PowerCut(_random), CrashFault.PowerCut, mustComplete);
            }

            return;
        }

        double states = _effort.LaterStates(node.Depth + 1);
        for (int i = 0; i < (int)states + (_random.NextDouble() < states - (int)states ? 1 : 0) && points.Count > 0; i++)
        {
            int number = _random.Next(points.Count);
            int draw = _random.Next(6);
            MachineState? state = draw == 0 ? points[number].KilledBefore() : draw == 1 ? points[number].KilledInside(_random) : points[number].PowerCut(_random);
            Add(node, outcome, number, state, draw < 2 ? CrashFault.Kill : CrashFault.PowerCut, mustComplete);
        }
    }

    private void Add(Node node, in Outcome outcome, int number, MachineState? state, CrashFault fault, bool mustComplete)
    {
        CrashCall call = outcome.Machine!.Points[number].Call;
        if (state is not null && (_effort.OnlyFault ?? fault) == fault && (_effort.KeptShare >= 1 || _random.NextDouble() < _effort.KeptShare))
        {
            Enqueue(node, state, outcome, fault, call, mustComplete, $"{outcome.Command} ({outcome.Way}), {fault} at change {number} ({call})");
        }
    }

    private void Enqueue(Node node, MachineState state, in Outcome outcome, CrashFault fault, CrashCall call, bool mustComplete, string label)
    {
        if (_counts.Add(state.Digest(_digest, _session), fault, call, outcome.Way, node.Depth + 1, _set.IsLarge ? CrashShape.LargeSet : CrashShape.Set))
        {
            // A run that gave up the journal of another may have died before it had one: then the other one's still stands, and that is what is to be gone on with.
            SetCommand last = IsPromised(state, outcome.Command) ? outcome.Command : node.Last;
            if (last.Direction == Direction.Back && last.Parts.Any(part => state.Undos[part].Cache is null))
            {
                // An undo file whose name was not durable yet has been applied, and is gone: it had nothing to write, but what its journal says of the parts around it only the user can give up.
                if (Journal(state) is not null)
                {
                    return;
                }

                last = last with { Direction = Direction.Forth };
                mustComplete = false;
            }

            bool endsComplete = mustComplete && last == outcome.Command && !WasComplete(node.State, last.Direction);
            _queue.Enqueue(new Node(node, state, After(node.Known, outcome.Command, isDone: false), last, node.Depth + 1, node.KeepsUndo, label) { EndsComplete = endsComplete });
        }
    }

    // Lets a call of the run fail: what it leaves is a state like any other.
    private void Fail(Node node, SetCommand command, bool mustComplete, int calls)
    {
        if (calls == 0)
        {
            return;
        }

        Outcome failed = Apply(node, command, IsPromised(node.State, command), mustComplete: false, new CallFault(_random.Next(calls), new Random(_random.Next())));
        if (failed.Machine?.Failed is { } point)
        {
            CrashFault fault = point.Call == CrashCall.Flush ? CrashFault.FlushFailure : CrashFault.CallFailure;
            if ((_effort.OnlyFault ?? fault) == fault)
            {
                Enqueue(node, failed.Machine.State, failed, fault, point.Call, mustComplete, $"{command} ({failed.Way}), {fault} at {point.Call}");
            }
        }
    }

    private string Tell(Node node, SetCommand command, CrashWay way, ApplySpecification specification, string wrong, Exception? failure)
    {
        StringBuilder text = new();
        text.AppendLine($"case {_number}: {wrong}");
        text.AppendLine($"  {_set}");
        Stack<string> path = [];
        for (Node? at = node; at is not null; at = at.Parent)
        {
            path.Push(at.Label);
        }

        foreach (string label in path)
        {
            text.AppendLine($"  {label}");
        }

        text.AppendLine($"  {command} ({way}), verify {specification.Verify}, check base {specification.CheckBase}; known {string.Join(' ', node.Known)}");
        text.AppendLine($"  target {node.State.Cache.Length} bytes, on the medium {node.State.Medium.Length}, {node.State.Pending.Count} changes pending, times {node.State.Times}");
        if (Journal(node.State) is { } record)
        {
            text.AppendLine($"  journal of {record.Patch}, windows {string.Join(' ', record.Windows)}, doubt from {record.DoubtFrom}, tail was zero {record.TailWasZero}");
        }

        if (node.State.Note.Cache is { } file && SetNote.TryDecode(file) is { } note)
        {
            text.AppendLine($"  note of {note.Stamp}, running {note.Running}, in place {string.Join(' ', note.InPlace)}, not {string.Join(' ', note.NotInPlace)}");
        }

        return text.AppendLine($"  {failure}").ToString();
    }

    /// <summary>A run that has ended: where it may have crashed. Nothing where it was refused.</summary>
    private readonly record struct Outcome(CrashMachine? Machine, SetCommand Command, CrashWay Way);

    /// <summary>A state, and how it came to be.</summary>
    private sealed record Node(Node? Parent, MachineState State, IReadOnlyList<PartKnowledge> Known, SetCommand Last, int Depth, bool KeepsUndo, string Label)
    {
        public bool EndsComplete { get; init; }
    }
}
