using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>A small file as a reader sees it, and as it is after a power cut. Null where there is no file.</summary>
internal sealed record StateOfFile(byte[]? Cache, byte[]? Medium)
{
    public static StateOfFile None { get; } = new(null, null);

    public static StateOfFile Durable(byte[]? content) => new(content, content);

    /// <summary>A power cut leaves what a reader sees.</summary>
    public bool IsDurable =>
        ReferenceEquals(Cache, Medium) || (Cache is not null && Medium is not null && Cache.AsSpan().SequenceEqual(Medium));
}

/// <summary>All that is left of a machine when the process has died: a value.</summary>
internal sealed record MachineState
{
    /// <summary>What a reader of the target sees.</summary>
    public required CrashImage Cache { get; init; }

    /// <summary>What of the target is on the medium.</summary>
    public required CrashImage Medium { get; init; }

    /// <summary>Changes of the target since the last flush, in order: they survive a kill, and may still be lost at a power cut.</summary>
    public IReadOnlyList<CrashChange> Pending { get; init; } = [];

    public StateOfFile Journal { get; init; } = StateOfFile.None;

    /// <summary>The note of which parts of a set are in place.</summary>
    public StateOfFile Note { get; init; } = StateOfFile.None;

    /// <summary>The undo file; of a set, one for each part.</summary>
    public IReadOnlyList<StateOfFile> Undos { get; init; } = [StateOfFile.None];

    public StateOfFile Undo => Undos[0];

    /// <summary>The target's times, as a reader sees them: one more with each change.</summary>
    public long Times { get; init; }

    /// <summary>The times that a power cut leaves at the least.</summary>
    public long MediumTimes { get; init; }

    public StateOfFile Redo { get; init; } = StateOfFile.None;

    /// <summary>Which file the target is.</summary>
    public ulong Inode { get; init; } = 1;

    /// <summary>Nothing was ever changed on this machine.</summary>
    public static MachineState Clean(CrashImage target) => new() { Cache = target, Medium = target };

    /// <summary>What tells two states apart.</summary>
    public UInt128 Digest(StateDigest digest, ReadOnlySpan<byte> session)
    {
        digest.Add(session);
        Medium.AddTo(digest);
        if (!Cache.SameAs(Medium))
        {
            Cache.AddTo(digest);
        }

        foreach (StateOfFile file in (IEnumerable<StateOfFile>)[Journal, .. Undos, Redo])
        {
            digest.AddFile(file.Medium);
            if (!file.IsDurable)
            {
                digest.AddFile(file.Cache);
            }
        }

        AddNote(digest, Note.Medium);
        if (!Note.IsDurable)
        {
            AddNote(digest, Note.Cache);
        }

        return digest.Finish();
    }

    // What the times are does not matter, only whether they are those of the note.
    private void AddNote(StateDigest digest, byte[]? file)
    {
        if (file is not null && SetNote.TryDecode(file) is { } note)
        {
            digest.AddFile((note with { Stamp = default }).Encode());
            digest.Add(note.Stamp.ModifiedNanoseconds == Times ? 1 : 0);
        }
    }

    /// <summary>With another undo file.</summary>
    public MachineState WithUndo(int number, StateOfFile file) =>
        this with { Undos = [.. Undos.Take(number), file, .. Undos.Skip(number + 1)] };

    /// <summary>With one more change in the cache.</summary>
    public MachineState With(CrashChange change) =>
        this with { Cache = change.ApplyTo(Cache), Pending = [.. Pending, change], Times = Times + 1 };

    /// <summary>All that was pending is on the medium.</summary>
    public MachineState Flushed()
    {
        CrashImage medium = Pending.Aggregate(Medium, (image, change) => change.ApplyTo(image));
        return this with { Medium = medium, Pending = [], MediumTimes = Times };
    }
}
