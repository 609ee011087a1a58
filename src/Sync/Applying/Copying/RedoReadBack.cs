using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Reads from below the page cache what was written from the redo, and compares it with that. Near stretches are read
/// together.
/// </summary>
internal sealed class RedoReadBack(IReadableStorage target, RedoLog redo, BlockGeometry geometry, SyncOptions options)
{
    // As in all reading from below the cache: a disk does several such reads in the time of one.
    private const int ThreadsThatWait = 6;
    private const int FewStretches = 16;

    /// <summary>Demands that all of it is there, as far as the target goes.</summary>
    /// <exception cref="SyncException">It is not.</exception>
    public void Demand()
    {
        RedoCursor content = new(redo, CopyBatch.LongestGap);
        int threads = options.Threads == 1 || redo.Count < FewStretches ? 1 : Math.Max(options.Threads, ThreadsThatWait);

        // Not to be broken off: what was written from the redo is either proved, or wrong.
        OrderedPipeline<Slot>.Run(
            threads,
            () => new Slot(),
            slot => content.Next(slot.Piece),
            Compare,
            slot =>
            {
                if (slot.Wrong is { } wrong)
                {
                    throw Differs(wrong);
                }
            },
            CancellationToken.None);
    }

    private void Compare(Slot slot)
    {
        slot.Wrong = null;
        RedoPiece piece = slot.Piece;
        int length = (int)Math.Clamp(target.Length - piece.Offset, 0, piece.Length);
        if (length == 0)
        {
            return;
        }

        Span<byte> found = slot.Room(length);
        target.ReadBelowCache(found, piece.Offset);
        foreach (ByteRange part in piece.Parts)
        {
            int from = (int)(part.Offset - piece.Offset);
            int end = (int)Math.Min(part.End - piece.Offset, length);
            if (from < end && !found[from..end].SequenceEqual(piece.Bytes[from..end]))
            {
                slot.Wrong = part;
                return;
            }
        }
    }

    private SyncException Differs(ByteRange stretch)
    {
        BlockRun blocks = BlockRun.Between(geometry.BlockAt(stretch.Offset), geometry.BlockAt(stretch.End - 1) + 1);
        return new SyncException(
            SyncError.VerificationFailed,
            target.Name,
            $"blocks {blocks} did not read back as they were copied",
            ApplyRefusals.OtherBytesHint,
            [blocks]);
    }

    private sealed class Slot
    {
        private byte[] _found = [];

        public RedoPiece Piece { get; } = new();

        public ByteRange? Wrong { get; set; }

        public Span<byte> Room(int length)
        {
            if (_found.Length < length)
            {
                _found = GC.AllocateUninitializedArray<byte>(length);
            }

            return _found.AsSpan(0, length);
        }
    }
}
