using System.Buffers.Binary;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Writes a redo to the target, and reads it back from below the page cache. Stretches near each other are read together. The bytes read
/// back are compared by the XXH128 of each piece. Reading the redo once more, block by block if they are in random order, would take longer
/// than all the rest.
/// </summary>
internal sealed class RedoWriter(IWritableStorage target, RedoLog redo, BlockGeometry geometry, SyncOptions options)
{
    // As for all reads from below the cache: a disk does several such reads in the time of one.
    private const int ThreadsThatWait = 6;
    private const int FewStretches = 16;

    // Bytes after which the target is told to begin writing: the flush waits for less then.
    private const long WriteBackLength = 8 << 20;

    private readonly List<Slot> _slots = [];

    // The hash of each piece that was written, as far as the target goes.
    private readonly List<UInt128> _hashes = [];

    /// <summary>Writes all of it.</summary>
    /// <exception cref="StorageException">A failure of the target or of the redo.</exception>
    public void Write()
    {
        _hashes.Clear();
        RedoCursor content = new(redo);
        int handedOut = 0;
        long unsent = 0;
        long unsentFrom = 0;
        Slot slot = NextSlot(ref handedOut);
        RedoPiece piece = slot.Piece;
        while (content.Next(piece))
        {
            content.Read(piece);
            foreach (RedoPart part in piece.Parts)
            {
                // The target may be shorter by now: the run that cut it had no more use for the bytes behind its end.
                ReadOnlySpan<byte> bytes = piece.BytesOf(part)[..LengthInTarget(part)];
                if (bytes.Length > 0)
                {
                    target.Write(bytes, part.Range.Offset);
                    slot.Hash.Append(bytes);
                    unsentFrom = unsent == 0 ? part.Range.Offset : unsentFrom;
                    unsent += bytes.Length;
                }
            }

            _hashes.Add(slot.Hash.Finish());
            if (unsent >= WriteBackLength)
            {
                long end = piece.Parts[^1].Range.Offset + LengthInTarget(piece.Parts[^1]);
                target.BeginWriteBack(unsentFrom, Math.Max(0, end - unsentFrom));
                unsent = 0;
            }
        }
    }

    /// <summary>Demands that the target has all bytes that <see cref="Write"/> has written.</summary>
    /// <exception cref="SyncException">It has not.</exception>
    public void DemandReadBack()
    {
        RedoCursor content = new(redo);
        int handedOut = 0;
        int threads = options.Threads == 1 || redo.Count < FewStretches ? 1 : Math.Max(options.Threads, ThreadsThatWait);

        // Not cancellable: the bytes written from the redo must be either proved, or found wrong.
        OrderedPipeline<Slot>.Run(
            threads,
            () => NextSlot(ref handedOut),
            slot => content.Next(slot.Piece),
            Hash,
            slot =>
            {
                if (slot.Found != _hashes[slot.Piece.Number])
                {
                    throw Differs(FindWrong(content, slot.Piece));
                }
            },
            CancellationToken.None);
    }

    private int LengthInTarget(in RedoPart part) => (int)Math.Clamp(target.Length - part.Range.Offset, 0, part.Length);

    // Allocated once, and reused for each redo.
    private Slot NextSlot(ref int handedOut)
    {
        if (handedOut == _slots.Count)
        {
            _slots.Add(new Slot());
        }

        return _slots[handedOut++];
    }

    private void Hash(Slot slot)
    {
        List<RedoPart> parts = slot.Piece.Parts;
        for (int first = 0, end; first < parts.Count; first = end)
        {
            end = first + 1;
            while (end < parts.Count
                && parts[end].Range.Offset - parts[end - 1].Range.End <= CopyBatch.LongestGap
                && parts[end].Range.End - parts[first].Range.Offset <= slot.Piece.Buffer.Length)
            {
                end++;
            }

            HashNear(slot, first, end);
        }

        slot.Found = slot.Hash.Finish();
    }

    private void HashNear(Slot slot, int first, int end)
    {
        List<RedoPart> parts = slot.Piece.Parts;
        long begin = parts[first].Range.Offset;
        int length = (int)Math.Clamp(target.Length - begin, 0, parts[end - 1].Range.End - begin);
        if (length == 0)
        {
            return;
        }

        Span<byte> found = slot.Piece.Buffer.AsSpan(0, length);
        target.ReadBelowCache(found, begin);
        for (int i = first; i < end; i++)
        {
            slot.Hash.Append(found.Slice((int)Math.Min(parts[i].Range.Offset - begin, length), LengthInTarget(parts[i])));
        }
    }

    // Only for the message: which of the stretches it is.
    private ByteRange FindWrong(RedoCursor content, RedoPiece piece)
    {
        content.Read(piece);
        byte[] found = GC.AllocateUninitializedArray<byte>(RedoPiece.LargestLength);
        foreach (RedoPart part in piece.Parts)
        {
            Span<byte> bytes = found.AsSpan(0, LengthInTarget(part));
            target.ReadBelowCache(bytes, part.Range.Offset);
            if (!bytes.SequenceEqual(piece.BytesOf(part)[..bytes.Length]))
            {
                return part.Range;
            }
        }

        // It reads differently each time.
        return new ByteRange(piece.Parts[0].Range.Offset, piece.Parts[^1].Range.End);
    }

    private SyncException Differs(ByteRange stretch)
    {
        BlockRun blocks = BlockRun.Between(geometry.BlockAt(stretch.Offset), geometry.BlockAt(stretch.End - 1) + 1);
        return new SyncException(
            SyncReason.WrittenBlocksDiffer,
            target.Name,
            $"blocks {blocks} did not read back as they were copied",
            [blocks]);
    }

    private sealed class Slot
    {
        public RedoPiece Piece { get; } = new();

        public PieceHash Hash { get; } = new();

        public UInt128 Found { get; set; }
    }

    private sealed class PieceHash
    {
        private readonly RunningHash _hash = BlockHash.Xxh128.StartBlock();
        private readonly byte[] _value = new byte[BlockHash.Xxh128.Length];

        public void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

        public UInt128 Finish()
        {
            _hash.Finish(_value);
            return BinaryPrimitives.ReadUInt128LittleEndian(_value);
        }
    }
}
