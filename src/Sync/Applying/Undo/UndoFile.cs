using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Undo;

/// <summary>
/// The data file that takes the target back. It is the file that `dtreq` and `dtfile --no-repeats -c lz4` would make if the two sides were
/// exchanged. The request has the data file's own operations, turned round. The content comes from the target itself, and each block is
/// compared with its hash in the data file.
/// </summary>
internal sealed class UndoFile(IReadableStorage target, PatchPlan plan, PatchSource patch, IUndoPlace place, SyncOptions options)
{
    private readonly DataFileHeader _header = plan.Header with
    {
        BaseSize = plan.Header.TargetSize,
        TargetSize = plan.Header.SyncGeometry.Base.Size,
        Parent = plan.Header.Parent?.Reversed(),

        // Larger frames would need buffers beside those of the data file, for a codec that does not profit.
        FrameSize = Math.Min(plan.Header.FrameSize, FormatLimits.DefaultFrameSize),
        Label = null,
        Set = plan.Header.Set is { } set ? SetOf(set, plan.Trailer) : null,
        IsForward = plan.Header.Set is null,
        AllowsZstd = false,
        AllowsPrefix = false,
        AllowsShift = false,
    };

    /// <summary>
    /// The place of a part's undo file: in a set of its own, with the same number (Format.md 4.5). Its groups are its own, and are counted
    /// when it is made.
    /// </summary>
    public static SetPart SetOf(SetPart part, OperationsTrailer trailer) =>
        part with { Id = SetPart.IdOf(part.SplitSize, [trailer.TargetRoot], trailer.BaseRoot), GroupCount = 0 };

    /// <summary>Looks for the undo file of an earlier run, and verifies it whole.</summary>
    /// <returns>Its digest; null if there is no file.</returns>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.Exists"/>: there is a file, and it is not the undo file of this data file.
    /// </exception>
    /// <exception cref="MessageFormatException">There is a data file, and it is damaged.</exception>
    public ReadOnlyMemory<byte>? FindExisting()
    {
        using Stream? stream = place.OpenExisting(options.Cancellation);
        if (stream is null)
        {
            return null;
        }

        try
        {
            return Recognize(stream);
        }
        catch (MessageFormatException other) when (
            other is { Error: FormatError.NotAMessage or FormatError.WrongKind } or { Error: FormatError.Truncated, Offset: 0 })
        {
            throw Foreign();
        }
    }

    private ReadOnlyMemory<byte> Recognize(Stream stream)
    {
        PatchSource undo = new(stream, place.Name);
        if (undo.Open(skipContent: true).FileHeader.AllowsPrefix)
        {
            // No undo file is, and it could not be verified without the content that it is over.
            throw Foreign();
        }

        using PatchWorkspace workspace = new();
        OperationsTrailer trailer = new PatchVerifier(undo, workspace, options).Verify(out DataFileHeader header);
        DataFileHeader expected = _header with
        {
            FrameSize = header.FrameSize,
            Label = header.Label,
            AllowsZstd = header.AllowsZstd,
            Set = WithGroups(header.Set?.GroupCount ?? 0),
        };
        bool fits = header == expected
            && trailer.BaseRoot.Span.SequenceEqual(plan.Trailer.TargetRoot.Span)
            && trailer.TargetRoot.Span.SequenceEqual(plan.Trailer.BaseRoot.Span)
            && LeadsBack(undo);
        return fits ? undo.Digest : throw Foreign();
    }

    private StorageException Foreign() =>
        new(StorageError.Exists, place.Name, $"{place.Name}: exists already, and is not the undo file of {patch.Name}")
        {
            Context = StorageContext.ForeignUndoFile,
        };

    /// <summary>Makes sure that the target still is what the undo file must take it back to.</summary>
    /// <exception cref="SyncException">It is not.</exception>
    public void DemandPossible()
    {
        if (plan.NotOldBlocks > 0)
        {
            bool isUpToDate = plan.BlocksToWrite == 0 && plan.Sizing.LengthBefore == plan.Sizing.LengthAfter;
            string blocks = plan.NotOldBlocks == 1 ? "1 of its blocks is" : $"{plan.NotOldBlocks} of its blocks are";
            throw new SyncException(
                SyncReason.TooLateForUndo,
                target.Name,
                isUpToDate
                    ? $"is up to date already: {patch.Name} would write nothing, so there is nothing for an undo file to take back"
                    : $"no undo file can be made: {blocks} no longer what {patch.Name} was made for")
            {
                Values = [("cause", isUpToDate ? "up-to-date" : "partly-patched"), ("blocks", plan.NotOldBlocks)],
            };
        }

        if (target.Length < plan.Header.SyncGeometry.Base.Size && plan.Header.SyncGeometry.ResizesTarget)
        {
            throw new SyncException(
                SyncReason.TooLateForUndo,
                target.Name,
                $"no undo file can be made: only {target.Length} of {plan.Header.BaseSize} bytes are left");
        }
    }

    /// <summary>Makes it. Durable, with its name, when this returns.</summary>
    /// <returns>Its digest.</returns>
    /// <exception cref="SyncException">A block is not as it was found before.</exception>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public ReadOnlyMemory<byte> Make()
    {
        try
        {
            return Write();
        }
        catch (StorageException full) when (full.Error == StorageError.NoSpace)
        {
            throw full.With(StorageContext.UndoFile, "nothing was written to the target");
        }
    }

    private ReadOnlyMemory<byte> Write()
    {
        using Stream spool = place.CreateSpool();
        (long groups, long bytes) = WriteRequest(spool);
        spool.Position = 0;
        OperationReader request = new(
            new MessageReader(spool, place.Name).Require(MessageKind.DataRequest), isPartial: _header.Set is not null);
        using MessageOutput output = place.Create();
        DataFileWriter writer = new(output.Stream, _header with { Set = WithGroups(groups) });
        BlockRunList changed = new();
        options.Progress.Begin("saving the blocks to be overwritten", bytes);

        // Without repeats, the file can be applied from a pipe, and nothing is read twice while the target waits.
        // Any version can read it, and little time passes before the first write.
        DataFileSpecification specification = new()
        {
            Compression = Compression.DefaultLZ4,
            FrameSize = _header.FrameSize,
            Repeats = false,
        };
        new FrameCollector(target, request, writer, specification, changed).Run(options);
        if (changed.BlockCount > 0)
        {
            throw new SyncException(
                SyncReason.ChangedWhileSaved,
                target.Name,
                $"changed while the undo file was being made: {changed}; nothing was written",
                changed.Runs);
        }

        OperationsTrailer trailer = writer.Finish(request.Trailer.BaseRoot, request.Trailer.TargetRoot);
        output.Commit();
        return trailer.Digest;
    }

    // The data file's operations, the other way round; then the blocks that the target will lose.
    private (long Groups, long Bytes) WriteRequest(Stream spool)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        DataRequestWriter writer = new(spool, _header.ToRequest());
        OperationCursor cursor = new(patch.Open(skipContent: true));
        while (cursor.Next())
        {
            Operation operation = cursor.Operation;
            if (operation.Old == OldKind.Absent)
            {
                continue; // blocks that A does not have are cut
            }

            writer.Add(
                operation.Blocks,
                operation.Old == OldKind.Hashed ? NewKind.Data : NewKind.Zero,
                operation.HasNewHashes ? OldKind.Hashed : OldKind.Zero,
                cursor.Group.NewHashes(operation),
                cursor.Group.OldHashes(operation));
        }

        if (LosesTail)
        {
            BlockCoverage tail = BlockCoverage.Of([BlockRun.Between(geometry.Target.BlockCount, geometry.Base.BlockCount)]);
            options.Progress.Begin("reading the part to be cut", geometry.Base.CoveredBytes(tail));
            new BlockScanner(
                target, geometry.Base, _header.Hash, HolePolicy.Read, belowCache: false, options).Scan(tail, new TailSink(writer));
        }

        OperationsTrailer trailer = writer.Finish(plan.Trailer.TargetRoot.ToArray(), plan.Trailer.BaseRoot.ToArray());
        return (trailer.Groups, trailer.DataBytes);
    }

    private SetPart? WithGroups(long groups) => _header.Set is { } set ? set with { GroupCount = groups } : null;

    // In a set, the part that completes it removes the content of A behind B's end. The undo file of that part brings it back.
    private bool LosesTail
    {
        get
        {
            SyncGeometry geometry = plan.Header.SyncGeometry;
            return geometry.ResizesTarget
                && geometry.Base.BlockCount > geometry.Target.BlockCount
                && (plan.Header.Set is null || plan.Sizing.Shrinks);
        }
    }

    // True if the undo file has the old content of every block that the data file overwrites.
    private bool LeadsBack(PatchSource undo)
    {
        OperationCursor forth = new(patch.Open(skipContent: true));
        OperationCursor back = new(undo.Open(skipContent: true));
        while (forth.Next())
        {
            if (forth.Operation.Old == OldKind.Absent)
            {
                continue;
            }

            for (BlockRun left = forth.Operation.Blocks; left.Count > 0;)
            {
                back.Seek(left.First);
                if (back.Operation.Blocks.First > left.First)
                {
                    return false;
                }

                BlockRun both = BlockRun.Between(left.First, Math.Min(left.End, back.Operation.Blocks.End));
                if (!IsReverse(forth, back, both))
                {
                    return false;
                }

                left = BlockRun.Between(both.End, left.End);
            }
        }

        return plan.Header.Set is null || !LosesTail || BringsTail(back);
    }

    private bool BringsTail(OperationCursor back)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        for (long block = geometry.Target.BlockCount; block < geometry.Base.BlockCount; block = back.Operation.Blocks.End)
        {
            back.Seek(block);
            if (back.Operation.Blocks.First > block)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsReverse(OperationCursor forth, OperationCursor back, BlockRun blocks)
    {
        Operation there = forth.Operation;
        Operation here = back.Operation;
        bool oldIsHashed = there.Old == OldKind.Hashed;
        bool newIsHashed = there.HasNewHashes;
        if (here.New == NewKind.Data != oldIsHashed || here.Old == OldKind.Hashed != newIsHashed)
        {
            return false;
        }

        int length = oldIsHashed || newIsHashed ? _header.Hash.Length * (int)blocks.Count : 0;
        return (!oldIsHashed || Hashes(forth, there.OldHashesAt, there).SequenceEqual(Hashes(back, here.NewHashesAt, here)))
            && (!newIsHashed || Hashes(forth, there.NewHashesAt, there).SequenceEqual(Hashes(back, here.OldHashesAt, here)));

        ReadOnlySpan<byte> Hashes(OperationCursor cursor, int at, in Operation operation) =>
            cursor.Group.Payload.Span.Slice(at + ((int)(blocks.First - operation.Blocks.First) * _header.Hash.Length), length);
    }

    private sealed class TailSink(DataRequestWriter writer) : IBlockSink
    {
        public void AddData(BlockRun run, ReadOnlySpan<byte> hashes) => writer.Add(run, NewKind.Data, OldKind.Absent, [], hashes);

        public void AddZeros(BlockRun run) => writer.Add(run, NewKind.Zero, OldKind.Absent, [], []);
    }
}
