using BinarySync.Storage;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>The target on a machine that may crash. Not safe from several threads, unlike a real one.</summary>
internal sealed class CrashDisk(CrashMachine machine) : IWritableStorage
{
    public string Name => "target";

    public StorageKind Kind => machine.Behaviour.Kind;

    public bool HasFixedLength => Kind == StorageKind.BlockDevice;

    public bool HasTimes => !HasFixedLength;

    public long Length => machine.State.Cache.Length;

    public bool HasHoles => machine.Behaviour.HasHoles && !HasFixedLength;

    public void Read(Span<byte> buffer, long offset) => Read(machine.State.Cache, buffer, offset);

    public void ReadBelowCache(Span<byte> buffer, long offset) => Read(machine.State.Medium, buffer, offset);

    public StorageExtent ExtentAt(long offset) => new(offset, Length - offset, false);

    public SourceStamp ReadStamp() =>
        HasTimes ? new SourceStamp(Length, machine.State.Times, machine.State.Times) : new SourceStamp(Length, 0, 0);

    public FileBirth? ReadBirth() => !HasFixedLength ? new FileBirth(machine.State.Inode, null) : null;

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        DemandInside(offset, data.Length);
        Do(CrashCall.Write, new CrashChange(ChangeKind.Write, offset, offset + data.Length, machine.State.Cache.Write(offset, data)));
    }

    public bool TryZeroRange(long offset, long length)
    {
        DemandInside(offset, length);
        bool can = HasFixedLength && machine.Behaviour.CanZeroRange && offset % CrashImage.Sector == 0 && length % CrashImage.Sector == 0;
        return can && Zero(CrashCall.ZeroRange, offset, length);
    }

    public bool TryPunchHole(long offset, long length)
    {
        DemandInside(offset, length);
        return !HasFixedLength && machine.Behaviour.CanPunch && Zero(CrashCall.PunchHole, offset, length);
    }

    // Room is nothing that a crash could take from content.
    public bool TryAllocate(long offset, long length)
    {
        bool can = !HasFixedLength && machine.Behaviour.CanAllocate;
        if (can && machine.Behaviour.HasTimes)
        {
            machine.Do(new CrashPoint(CrashCall.Allocate, machine.State), machine.State with { Times = machine.State.Times + 1 });
        }

        return can;
    }

    public void ReleasePastEnd()
    {
    }

    public void SetLength(long length)
    {
        Assert.False(HasFixedLength);
        Do(CrashCall.SetLength, new CrashChange(ChangeKind.Resize, Length, length, null));
    }

    public void Flush() =>
        machine.Do(
            new CrashPoint(CrashCall.Flush, machine.State), machine.Behaviour.FlushesTarget ? machine.State.Flushed() : machine.State);

    public void Dispose()
    {
    }

    private bool Zero(CrashCall call, long offset, long length)
    {
        Do(call, new CrashChange(ChangeKind.Zero, offset, offset + length, null));
        return true;
    }

    private void Do(CrashCall call, CrashChange change) =>
        machine.Do(new CrashPoint(call, machine.State, change), machine.State.With(change));

    private static void Read(CrashImage image, Span<byte> buffer, long offset)
    {
        if (buffer.Length > image.Length - offset)
        {
            throw new StorageException(StorageError.EndReached, "target", "ended", 0, image.Length);
        }

        image.Read(buffer, offset);
    }

    private void DemandInside(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}

/// <summary>
/// The journal's file. Each change is durable when it returns, unless that safeguard is taken away; a reader sees what a killed run has
/// not made durable.
/// </summary>
internal sealed class CrashStateFile(CrashMachine machine) : IStateFile
{
    private bool _isOurs;

    public string Name => "target.binarysync-journal";

    public byte[]? Read() => machine.State.Journal.Cache?.ToArray();

    public void Replace(ReadOnlySpan<byte> content)
    {
        Do(CrashCall.JournalReplace, content.ToArray(), default);
        _isOurs = true;
    }

    public void Overwrite(ReadOnlySpan<byte> content, long offset)
    {
        Assert.True(_isOurs, "what another run has put there is not overwritten");
        byte[] file = machine.State.Journal.Cache!.ToArray();
        content.CopyTo(file.AsSpan((int)offset));
        Do(CrashCall.JournalOverwrite, file, ((int)offset, (int)offset + content.Length));
    }

    public void Remove() => Do(CrashCall.JournalRemove, null, default);

    public void Dispose()
    {
    }

    private void Do(CrashCall call, byte[]? file, (int From, int End) range)
    {
        MachineState state = machine.State;
        StateOfFile after = machine.Behaviour.FlushesJournal ? StateOfFile.Durable(file) : state.Journal with { Cache = file };
        machine.Do(new CrashPoint(call, state, null, file, range), state with { Journal = after });
    }
}

/// <summary>The note of a set: replaced as a whole, and durable when that returns.</summary>
internal sealed class CrashNoteFile(CrashMachine machine) : IStateFile
{
    public string Name => "target.binarysync-set";

    public byte[]? Read() => machine.State.Note.Cache?.ToArray();

    public void Replace(ReadOnlySpan<byte> content) => Do(CrashCall.NoteReplace, content.ToArray());

    public void Overwrite(ReadOnlySpan<byte> content, long offset) => Assert.Fail("a note is replaced, never overwritten");

    public void Remove()
    {
        if (machine.State.Note.Cache is not null)
        {
            Do(CrashCall.NoteRemove, null);
        }
    }

    public void Dispose()
    {
    }

    private void Do(CrashCall call, byte[]? file) =>
        machine.Do(new CrashPoint(call, machine.State, null, file), machine.State with { Note = StateOfFile.Durable(file) });
}

/// <summary>Where the undo file is written: it appears whole, or not at all.</summary>
/// <param name="machine">Where it is.</param>
/// <param name="number">Which, of several.</param>
internal sealed class CrashUndoPlace(CrashMachine machine, int number = 0) : IUndoPlace
{
    public string Name => "undo.dtf";

    public Stream? OpenExisting(CancellationToken cancellation)
    {
        StateOfFile found = machine.State.Undos[number];
        if (found.Cache is not { } content)
        {
            return null;
        }

        if (machine.Behaviour.FlushesFoundUndo && !found.IsDurable)
        {
            machine.Do(
                new CrashPoint(CrashCall.UndoOpen, machine.State, UndoNumber: number),
                machine.State.WithUndo(number, StateOfFile.Durable(content)));
        }

        return new MemoryStream(content, writable: false);
    }

    public Stream CreateSpool() => new MemoryStream();

    public MessageOutput Create()
    {
        Assert.Null(machine.State.Undos[number].Cache);
        return new Output(machine, number);
    }

    private sealed class Output(CrashMachine machine, int number) : MessageOutput("undo.dtf")
    {
        private readonly MemoryStream _stream = new();

        public override Stream Stream => _stream;

        public override void Commit()
        {
            byte[] file = _stream.ToArray();
            machine.Do(
                new CrashPoint(
                    CrashCall.UndoCommit,
                    machine.State,
                    null,
                    file,
                    UndoNumber: number), machine.State.WithUndo(number, StateOfFile.Durable(file)));
        }

        protected override void Dispose(bool disposing) => _stream.Dispose();
    }
}

/// <summary>The redo: what is written is durable only when it has been flushed.</summary>
internal sealed class CrashRedoFile(CrashMachine machine) : IRedoFile
{
    private bool _isOurs;

    public string Name => "target.binarysync-redo";

    public void Create()
    {
        Do(CrashCall.RedoWrite, []);
        _isOurs = true;
    }

    public void Write(ReadOnlySpan<byte> content, long offset)
    {
        Assert.True(_isOurs, "what another run has put there is not overwritten");
        byte[] file = machine.State.Redo.Cache!;
        byte[] grown = new byte[Math.Max(file.Length, (int)offset + content.Length)];
        file.CopyTo(grown, 0);
        content.CopyTo(grown.AsSpan((int)offset));
        Do(CrashCall.RedoWrite, grown);
    }

    public void Flush() => machine.Do(
        new CrashPoint(CrashCall.RedoFlush, machine.State),
        machine.Behaviour.FlushesRedo ? machine.State with { Redo = StateOfFile.Durable(machine.State.Redo.Cache) } : machine.State);

    public int Read(Span<byte> buffer, long offset)
    {
        byte[] file = machine.State.Redo.Cache ?? [];
        int count = (int)Math.Clamp(file.Length - offset, 0, buffer.Length);
        file.AsSpan((int)Math.Min(offset, file.Length), count).CopyTo(buffer);
        return count;
    }

    public void Remove()
    {
        if (machine.State.Redo.Cache is not null)
        {
            Do(CrashCall.RedoRemove, null);
        }
    }

    public void Dispose()
    {
    }

    private void Do(CrashCall call, byte[]? file) =>
        machine.Do(new CrashPoint(call, machine.State, null, file), machine.State with { Redo = machine.State.Redo with { Cache = file } });
}
