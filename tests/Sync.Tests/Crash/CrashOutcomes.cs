namespace BinarySync.Sync.Tests.Crash;

/// <summary>What a crash at a point may leave: one of many each time, chosen by the random numbers.</summary>
internal static class CrashOutcomes
{
    /// <summary>The process died before the call: all that it did is in the cache.</summary>
    public static MachineState KilledBefore(this in CrashPoint point) => point.Before;

    /// <summary>The process died in the middle of the call. Null where there is no middle.</summary>
    public static MachineState? KilledInside(this in CrashPoint point, Random random)
    {
        MachineState before = point.Before;
        switch (point.Call)
        {
            case CrashCall.Write or CrashCall.ZeroRange or CrashCall.PunchHole:
                return point.Change!.Front(random) is { } front ? before.With(front) : null;
            case CrashCall.Flush:
                // Some of it is on the medium by now; all of it will be written again.
                return before.Pending.Count == 0 ? null : before with { Medium = Written(before.Medium, before.Pending, random) };
            case CrashCall.JournalReplace or CrashCall.JournalRemove:
                return before with { Journal = before.Journal with { Cache = point.File } };
            case CrashCall.JournalOverwrite:
                return before with
                {
                    Journal = before.Journal with { Cache = random.Next(2) == 0 ? point.File : Torn(before.Journal.Cache!, point, random) },
                };
            case CrashCall.NoteReplace or CrashCall.NoteRemove:
                return before with { Note = before.Note with { Cache = point.File } };
            case CrashCall.UndoCommit:
                return before.WithUndo(point.UndoNumber, before.Undos[point.UndoNumber] with { Cache = point.File });
            case CrashCall.RedoWrite or CrashCall.RedoRemove:
                return before with { Redo = before.Redo with { Cache = point.File } };
            default:
                return null;
        }
    }

    /// <summary>
    /// The power failed before the call, or in the middle of it: any part of what was pending is on the medium, in any order.
    /// </summary>
    public static MachineState PowerCut(this in CrashPoint point, Random random)
    {
        MachineState before = point.Before;
        IReadOnlyList<CrashChange> pending = point.Change is { } change && random.Next(2) == 0
            ? [.. before.Pending, change]
            : before.Pending;
        CrashImage medium = random.Next(8) switch
        {
            0 => before.Medium,
            1 => pending.Aggregate(before.Medium, (image, each) => each.ApplyTo(image)),
            _ => Written(before.Medium, pending, random),
        };
        byte[]? journal = Either(before.Journal, random);
        if (point.ChangesJournal)
        {
            journal = random.Next(3) switch
            {
                0 => journal,
                1 when point.Call == CrashCall.JournalOverwrite && journal is not null => Torn(journal, point, random),
                _ => point.File,
            };
        }

        StateOfFile[] undos = new StateOfFile[before.Undos.Count];
        for (int i = 0; i < undos.Length; i++)
        {
            bool isMade = point.Call == CrashCall.UndoCommit && point.UndoNumber == i && random.Next(2) == 0;
            undos[i] = StateOfFile.Durable(isMade ? point.File : Either(before.Undos[i], random));
        }

        byte[]? redo = AnyOf(point.ChangesRedo && random.Next(2) == 0 ? before.Redo with { Cache = point.File } : before.Redo, random);
        byte[]? note = before.Note.IsDurable ? before.Note.Cache : Either(before.Note, random);
        if (point.ChangesNote && random.Next(2) == 0)
        {
            note = point.File;
        }

        long times = before.Times == before.MediumTimes || random.Next(2) == 0 ? before.MediumTimes : before.Times;
        return new MachineState
        {
            Cache = medium,
            Medium = medium,
            Journal = StateOfFile.Durable(journal),
            Note = StateOfFile.Durable(note),
            Undos = undos,
            Redo = StateOfFile.Durable(redo),
            Times = times,
            MediumTimes = times,
            Inode = before.Inode,
        };
    }

    /// <summary>
    /// The call failed, and the run went on to say so. What a flush did not write is lost, and the cache looks clean; it may also have
    /// been read anew since.
    /// </summary>
    public static MachineState AfterFailure(this in CrashPoint point, Random random, CrashBehaviour behaviour)
    {
        MachineState before = point.Before;
        switch (point.Call)
        {
            case CrashCall.Flush:
                return AfterFailedFlush(before, random);
            case CrashCall.Write or CrashCall.ZeroRange or CrashCall.PunchHole:
                return random.Next(2) == 0 && point.Change!.Front(random) is { } front ? before.With(front) : before;
            case CrashCall.JournalReplace or CrashCall.JournalRemove or CrashCall.JournalOverwrite:
                byte[]? seen = random.Next(3) switch
                {
                    0 => before.Journal.Cache,
                    1 when point.Call == CrashCall.JournalOverwrite => Torn(before.Journal.Cache!, point, random),
                    _ => point.File,
                };
                return before with
                {
                    Journal = random.Next(2) == 0 && behaviour.FlushesJournal
                        ? StateOfFile.Durable(seen)
                        : before.Journal with { Cache = seen },
                };
            case CrashCall.RedoWrite or CrashCall.RedoRemove:
                return random.Next(2) == 0 ? before : before with { Redo = before.Redo with { Cache = point.File } };
            case CrashCall.RedoFlush:
                return before with { Redo = before.Redo with { Medium = AnyOf(before.Redo, random) } };
            case CrashCall.NoteReplace or CrashCall.NoteRemove:
                return random.Next(3) switch
                {
                    0 => before,
                    1 => before with { Note = before.Note with { Cache = point.File } },
                    _ => before with { Note = StateOfFile.Durable(point.File) },
                };
            case CrashCall.UndoCommit:
                return random.Next(2) == 0
                    ? before
                    : before.WithUndo(point.UndoNumber, before.Undos[point.UndoNumber] with { Cache = point.File });
            default:
                return before; // nothing came of it
        }
    }

    // Of a length the file system keeps track by itself: it is on the medium, or still to be written. Of content nothing is known any more.
    private static MachineState AfterFailedFlush(MachineState before, Random random)
    {
        CrashImage medium = before.Medium;
        CrashImage cache = before.Cache;
        List<CrashChange> pending = [];
        bool isReadAnew = random.Next(3) == 0;
        foreach (CrashChange change in before.Pending)
        {
            int fate = random.Next(change.Kind == ChangeKind.Resize ? 2 : 4);
            medium = fate switch
            {
                0 => change.ApplyTo(medium),
                3 => change.ApplyTornTo(medium, random),
                _ => medium,
            };
            if (fate == 1)
            {
                pending.Add(change);
            }
        }

        if (isReadAnew)
        {
            foreach (CrashChange change in before.Pending.Where(change => change.Kind != ChangeKind.Resize && !pending.Contains(change)))
            {
                cache = cache.CopyFrom(medium, change.Offset, change.End - change.Offset);
            }

            cache = pending.Where(change => change.Kind != ChangeKind.Resize).Aggregate(cache, (image, change) => change.ApplyTo(image));
        }

        return before with { Medium = medium, Cache = cache, Pending = pending };
    }

    private static CrashImage Written(CrashImage medium, IReadOnlyList<CrashChange> pending, Random random)
    {
        CrashChange[] order = [.. pending];
        random.Shuffle(order);
        foreach (CrashChange change in order)
        {
            medium = random.Next(20) switch
            {
                < 8 => change.ApplyTo(medium),
                < 13 => medium,
                _ => change.ApplyTornTo(medium, random),
            };
        }

        return medium;
    }

    // Of a file that is written and not flushed, any part may be there.
    private static byte[]? AnyOf(StateOfFile file, Random random)
    {
        if (file.IsDurable || random.Next(3) == 0)
        {
            return random.Next(2) == 0 ? file.Cache : file.Medium;
        }

        byte[] seen = file.Cache ?? file.Medium!;
        byte[] torn = new byte[random.Next(3) == 0 ? random.Next(seen.Length + 1) : seen.Length];
        for (int at = 0; at < torn.Length; at += CrashImage.Sector)
        {
            byte[]? from = random.Next(3) switch
            {
                0 => null,
                1 => file.Medium,
                _ => file.Cache,
            };
            int end = Math.Min(at + CrashImage.Sector, Math.Min(torn.Length, from?.Length ?? 0));
            if (end > at)
            {
                from.AsSpan(at, end - at).CopyTo(torn.AsSpan(at));
            }
        }

        return torn;
    }

    private static byte[]? Either(StateOfFile file, Random random) => random.Next(2) == 0 ? file.Cache : file.Medium;

    private static byte[] Torn(byte[] before, in CrashPoint point, Random random)
    {
        byte[] torn = [.. before];
        for (int at = point.FileRange.From; at < point.FileRange.End;)
        {
            int end = Math.Min(point.FileRange.End, ((at / CrashImage.Sector) + 1) * CrashImage.Sector);
            if (random.Next(2) == 0)
            {
                point.File.AsSpan(at, end - at).CopyTo(torn.AsSpan(at));
            }

            at = end;
        }

        return torn;
    }
}
