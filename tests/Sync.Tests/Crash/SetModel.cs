using BinarySync.Storage;
using BinarySync.Sync.Applying;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// Applies the parts of a set in random order on a machine that crashes, and finds out from each state whether the same command goes on,
/// whether all parts together make B, and whether the undo files lead back to A. Which commands are tried from which state, is chosen
/// here. All of it is decided by the seed and the number of the case.
/// </summary>
internal sealed class SetModel
{
    private readonly SetCase _set;
    private readonly SetRuns _runs;
    private readonly CrashEffort _effort;
    private readonly Random _random;
    private readonly int[] _order;

    public SetModel(SetCase set, int number, ApplyTuning tuning, CrashCounts counts, CrashEffort effort, Random random)
    {
        _set = set;
        _runs = new SetRuns(set, number, tuning, counts, effort, random);
        _effort = effort;
        _random = random;
        _order = [.. Enumerable.Range(0, set.Parts.Count)];
        random.Shuffle(_order);
    }

    private SetCommand All => new(Shuffled(_order), Direction.Forth);

    /// <summary>Explores the case.</summary>
    /// <returns>The first lost state; null where there is none.</returns>
    public CrashFind? Explore()
    {
        SetNode node = new(null, _set.Start, [.. _order.Select(_ => PartKnowledge.NotInPlace)], All, 0, true, "begin");
        List<SetCommand> script = Script();
        for (int i = 0; i < script.Count; i++)
        {
            bool endsComplete = i == script.Count - 1 || script[i + 1].Direction != script[i].Direction;
            if (_runs.First(node, script[i], endsComplete, 1 + (_effort.FirstFailures / script.Count)) is not { } next)
            {
                return _runs.Find;
            }

            node = next;
        }

        while (_runs.TryNext(out SetNode? next))
        {
            Visit(next);
        }

        return _runs.Find;
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

    private void Visit(SetNode node)
    {
        switch (_random.Next(10))
        {
            case < 4:
                SetCommand again = node.Last;
                if (_runs.Go(node, again, node.EndsComplete, keepsUndo: true) is { } after && _random.NextDouble() < _effort.OtherShare)
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
                SetNode? next = _runs.Go(node, new SetCommand([other], Direction.Forth), mustComplete: false)
                    ?? (_runs.Find is null ? node : null);
                if (next is not null)
                {
                    Finish(next);
                }

                return;
            case 8 when _set.Behaviour.Kind == StorageKind.RegularFile:
                // Somebody puts A back, and knows nothing of the note. A journal that stands is of another content: it is given up, as
                // the program says.
                MachineState restored = node.State with
                {
                    Cache = _set.Images.A,
                    Medium = _set.Images.A,
                    Pending = [],
                    Journal = StateOfFile.None,
                    Times = node.State.Times + 1,
                    MediumTimes = node.State.Times + 1,
                };
                SetNode foreign = node with
                {
                    Parent = node,
                    State = restored,
                    Known = [.. _order.Select(_ => PartKnowledge.NotInPlace)],
                    Label = "A was put back",
                };
                if (_runs.Go(foreign, new SetCommand([.. Missing(node)], Direction.Forth), mustComplete: false) is { } patched)
                {
                    Finish(patched);
                }

                return;
            default:
                WalkBack(node);
                return;
        }
    }

    private IEnumerable<int> Missing(SetNode node)
    {
        int[] missing = [.. _order.Where(part => node.Known[part] != PartKnowledge.InPlace)];
        return missing.Length > 0 ? missing : [_order[^1]];
    }

    // All parts together: whatever was interrupted before is among them.
    private void Finish(SetNode node) => _runs.Go(node, All, mustComplete: true);

    private void TurnRound(SetNode node)
    {
        if (node.Last.Parts.Count > 1
            || (node.Last.Direction == Direction.Forth && (!node.KeepsUndo || node.State.Undos[node.Last.Parts[0]].Cache is null)))
        {
            Finish(node);
            return;
        }

        // Forth with the undo file that is there: only so does what lies behind B on a device become what that undo file looks for.
        SetCommand turned = node.Last with { Direction = Opposite(node.Last.Direction), WithUndo = node.Last.Direction == Direction.Back };
        if (_runs.Go(node, turned, mustComplete: false, keepsUndo: true) is not { } after)
        {
            // Refused: what was interrupted can be finished all the same.
            if (_runs.Find is null)
            {
                _runs.Go(node, node.Last, node.EndsComplete, keepsUndo: true);
            }
        }
        else if (_random.NextDouble() < _effort.AgainShare)
        {
            Finish(after);
        }
    }

    // What was interrupted is taken back, and all before it, the last one first.
    private void WalkBack(SetNode node)
    {
        List<int> back = [.. node.Last.Parts.Where(_ => node.Last.Direction == Direction.Forth || SetRuns.Journal(node.State) is not null)];
        back.AddRange(_order.Reverse().Where(part => node.Known[part] != PartKnowledge.NotInPlace && !back.Contains(part)));
        if (!node.KeepsUndo || back.Count == 0 || node.Last.Parts.Count > 1 || back.Any(part => node.State.Undos[part].Cache is null))
        {
            Finish(node);
            return;
        }

        SetNode? at = node;
        foreach (int part in back)
        {
            at = at is null ? null : _runs.Go(at, new SetCommand([part], Direction.Back), mustComplete: false, keepsUndo: true);
        }

        // The last one cuts if all is known; else, all together do.
        if (at is not null
            && !at.State.Medium.SameAs(_set.Images.A)
            && _set.Behaviour.Kind == StorageKind.RegularFile
            && back.Count == _order.Length)
        {
            _runs.Go(at, new SetCommand(back, Direction.Back), mustComplete: true);
        }
    }

    private static Direction Opposite(Direction direction) => direction == Direction.Forth ? Direction.Back : Direction.Forth;

    private int[] Shuffled(int[] parts)
    {
        int[] shuffled = [.. parts];
        _random.Shuffle(shuffled);
        return shuffled;
    }
}
