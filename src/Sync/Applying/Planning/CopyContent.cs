using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>
/// Finds the content of blocks that are copied, each by its hash. If an interrupted run has left a redo with the block, only the redo
/// counts, because it is written as it is. Otherwise the content is read at its source. If that is overwritten already, it is read in the
/// block's own place, where that run has brought it. Safe from several threads, each with its own buffers.
/// </summary>
/// <param name="target">The target.</param>
/// <param name="geometry">A and B.</param>
/// <param name="hash">The block hash.</param>
/// <param name="redo">The redo that an earlier run has left, and that is written first; null for none.</param>
/// <param name="belowCache">
/// Read from below the page cache. After an interrupted run, the cache may show a source that is not on the medium. Content read from the
/// cache would then be lost if the power failed.
/// </param>
internal sealed class CopyContent(IReadableStorage target, SyncGeometry geometry, BlockHash hash, RedoLog? redo, bool belowCache)
{
    // For so few pieces no thread is started.
    private const int Few = 16;

    // Reads from below the cache wait for the disk, which does several such reads in the time of one.
    private const int ThreadsThatWait = 6;

    /// <summary>Blocks that are read together: as many as fit into a buffer, or one.</summary>
    public int ChunkBlocks { get; } = Math.Max(1, PatchItem.ChunkLength / geometry.Target.BlockSize);

    /// <summary>Threads for so many pieces. If they wait for the disk, more threads than processors are useful.</summary>
    public int Threads(int pieces, SyncOptions options) =>
        options.Threads == 1 || pieces < Few ? 1 : belowCache ? Math.Max(options.Threads, ThreadsThatWait) : options.Threads;

    /// <summary>Announces the sources of a batch: for the first time that they are read.</summary>
    public void Announce(CopyBatch batch)
    {
        for (int first = 0, end; !belowCache && first < batch.Pieces.Count; first = end)
        {
            end = EndOfNear(batch, first);
            target.Announce(batch.Pieces[first].Piece.Source, LengthOf(batch, first, end));
        }
    }

    /// <summary>Reads the content of all pieces of a batch, which fit into its buffer.</summary>
    public void Read(OperationGroup group, CopyBatch batch)
    {
        for (int first = 0, end; first < batch.Pieces.Count; first = end)
        {
            end = EndOfNear(batch, first);
            ReadNear(group, batch, first, end);
        }
    }

    private static int EndOfNear(CopyBatch batch, int first)
    {
        int end = first + 1;
        while (end < batch.Pieces.Count && batch.Pieces[end].IsNear)
        {
            end++;
        }

        return end;
    }

    private int LengthOf(CopyBatch batch, int first, int end)
    {
        BufferedPiece last = batch.Pieces[end - 1];
        return last.At + (int)geometry.Target.LengthOf(last.Piece.Blocks) - batch.Pieces[first].At;
    }

    private void ReadNear(OperationGroup group, CopyBatch batch, int first, int end)
    {
        int at = batch.Pieces[first].At;
        int length = LengthOf(batch, first, end);
        bool isThere = TryRead(batch.Pieces[first].Piece.Source, batch.Buffer.AsSpan(at, length));
        for (int i = first; i < end; i++)
        {
            BufferedPiece placed = batch.Pieces[i];
            Operation copy = group.Operations[placed.Piece.Operation];
            Span<byte> bytes = batch.BytesOf(placed, geometry.Target);
            if (isThere)
            {
                Compare(group, copy, placed.Piece.Blocks, bytes, batch.Hash, batch.Missing);
            }
            else
            {
                ReadEach(group, copy, placed.Piece.Blocks, bytes, batch.Hash, batch.Missing);
            }
        }
    }

    /// <summary>Reads the content of blocks that do not fit into the buffer together.</summary>
    /// <param name="group">The group of the copy.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="blocks">Of the copy.</param>
    /// <param name="batch">Its buffers; gets the blocks whose content was not found anywhere.</param>
    /// <param name="use">Takes each piece, and its offset in the target; gets nothing for blocks whose content was not found.</param>
    /// <exception cref="SyncException">Content was there, but differed when it was read again.</exception>
    public void Read(OperationGroup group, in Operation copy, BlockRun blocks, CopyBatch batch, RedoHandler use)
    {
        for (BlockRun left = blocks; left.Count > 0;)
        {
            BlockRun some = new(left.First, Math.Min(left.Count, ChunkBlocks));
            left = BlockRun.Between(some.End, left.End);
            if (geometry.Target.BlockSize > PatchItem.ChunkLength)
            {
                if (!TryReadLarge(group, copy, some.First, batch.Buffer, use))
                {
                    batch.Missing.Add(some.First);
                }

                continue;
            }

            int missing = batch.Missing.Count;
            Span<byte> bytes = batch.Buffer.AsSpan(0, (int)geometry.Target.LengthOf(some));
            Read(group, copy, some, bytes, batch.Hash, batch.Missing);
            if (batch.Missing.Count == missing)
            {
                use(bytes, geometry.Target.OffsetOf(some.First));
            }
        }
    }

    private void Read(OperationGroup group, in Operation copy, BlockRun blocks, Span<byte> buffer, Span<byte> scratch, List<long> missing)
    {
        if (TryRead(SourceOf(copy, blocks.First), buffer))
        {
            Compare(group, copy, blocks, buffer, scratch, missing);
        }
        else
        {
            ReadEach(group, copy, blocks, buffer, scratch, missing);
        }
    }

    // A block that is larger than the buffer is read twice, in pieces: only its end shows whether it is the right one. False if the content
    // was not found; then nothing was passed on.
    private bool TryReadLarge(OperationGroup group, in Operation copy, long block, byte[] buffer, RedoHandler use)
    {
        long own = geometry.Target.OffsetOf(block);
        ReadOnlySpan<byte> expected = group.NewHash(copy, block - copy.Blocks.First);
        bool isInRedo = TryReadRedo(buffer.AsSpan(0, 1), own);
        (long, bool)[] places = isInRedo ? [(own, true)]
            : IsSourceGoing(copy, block) ? [(own, false)]
            : [(SourceOf(copy, block), false), (own, false)];
        foreach ((long from, bool fromRedo) in places)
        {
            if (Matches(expected, block, from, fromRedo, buffer, (_, _) => { }))
            {
                return Matches(expected, block, from, fromRedo, buffer, (piece, at) => use(piece, own + at)) ? true : throw Changed(block);
            }
        }

        return false;
    }

    /// <summary>An error for content that was there when it was looked for.</summary>
    public SyncException Changed(long block) => new(
        SyncReason.CopySourceChanged,
        target.Name,
        $"the content to be copied to block {block} changed at its source; blocks before it may be written already",
        [new BlockRun(block, 1)]);

    private bool Matches(ReadOnlySpan<byte> expected, long block, long from, bool fromRedo, byte[] buffer, RedoHandler use)
    {
        using BlockHasher hasher = new(hash, geometry.Target);
        hasher.Begin(block);
        int length = geometry.Target.LengthOf(block);
        bool isWhole = false;
        for (int at = 0; at < length;)
        {
            Span<byte> piece = buffer.AsSpan(0, Math.Min(buffer.Length, length - at));
            if (!(fromRedo ? TryReadRedo(piece, from + at) : TryRead(from + at, piece)))
            {
                return false;
            }

            ReadOnlySpan<byte> rest = piece;
            isWhole = hasher.Next(ref rest);
            use(piece, at);
            at += piece.Length;
        }

        return isWhole && hasher.Value.SequenceEqual(expected);
    }

    private void Compare(
        OperationGroup group, in Operation copy, BlockRun blocks, Span<byte> buffer, Span<byte> scratch, List<long> missing)
    {
        int at = 0;
        for (long block = blocks.First; block < blocks.End; block++)
        {
            Span<byte> content = buffer.Slice(at, geometry.Target.LengthOf(block));
            at += content.Length;
            bool isInRedo = TryReadRedo(content, geometry.Target.OffsetOf(block));
            bool mayUse = isInRedo || !IsSourceGoing(copy, block);
            if (!(mayUse && IsNew(group, copy, block, content, scratch))
                && (isInRedo || !TryReadInPlace(group, copy, block, content, scratch)))
            {
                missing.Add(block);
            }
        }
    }

    // The redo is written before anything else is copied. The run that made it had already copied the content that the redo overwrites.
    // That content is in its own place by now, or this is another target.
    private bool IsSourceGoing(in Operation copy, long block)
    {
        if (redo is null)
        {
            return false;
        }

        long source = SourceOf(copy, block);
        return redo.Overlaps(new ByteRange(source, source + geometry.Target.LengthOf(block)));
    }

    // Some of it may be behind the end of a target that was cut already, or on a sector that cannot be read. So each block is read by
    // itself.
    private void ReadEach(
        OperationGroup group, in Operation copy, BlockRun blocks, Span<byte> buffer, Span<byte> scratch, List<long> missing)
    {
        int position = 0;
        for (long block = blocks.First; block < blocks.End; block++)
        {
            Span<byte> content = buffer.Slice(position, geometry.Target.LengthOf(block));
            position += content.Length;
            bool isInRedo = TryReadRedo(content, geometry.Target.OffsetOf(block));
            bool isThere = isInRedo || (!IsSourceGoing(copy, block) && TryRead(SourceOf(copy, block), content));
            bool isFound = isThere && IsNew(group, copy, block, content, scratch);
            if (!isFound && (isInRedo || !TryReadInPlace(group, copy, block, content, scratch)))
            {
                missing.Add(block);
            }
        }
    }

    private bool TryReadInPlace(OperationGroup group, in Operation copy, long block, Span<byte> content, Span<byte> scratch) =>
        TryRead(geometry.Target.OffsetOf(block), content) && IsNew(group, copy, block, content, scratch);

    private bool TryReadRedo(Span<byte> bytes, long offset) => redo?.TryRead(bytes, offset) == true;

    private bool TryRead(long offset, Span<byte> bytes)
    {
        if (bytes.Length > target.Length - offset)
        {
            return false;
        }

        try
        {
            target.Read(bytes, offset, belowCache);
            return true;
        }
        catch (StorageException unreadable) when (unreadable.Error == StorageError.ReadFailed)
        {
            return false;
        }
    }

    private long SourceOf(in Operation copy, long block) =>
        copy.SourceOffset(geometry.Target) + geometry.Target.OffsetOf(block - copy.Blocks.First);

    private bool IsNew(OperationGroup group, in Operation copy, long block, ReadOnlySpan<byte> content, Span<byte> scratch)
    {
        hash.Hash(content, scratch);
        return scratch.SequenceEqual(group.NewHash(copy, block - copy.Blocks.First));
    }
}
