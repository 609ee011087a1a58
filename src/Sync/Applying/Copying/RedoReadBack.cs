using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Reads from below the page cache what was written from the redo, and compares it with that. Near stretches are read together.
/// </summary>
internal sealed class RedoReadBack(IReadableStorage target, RedoLog redo, BlockGeometry geometry, SyncOptions options)
{
    // As in all reading from below the cache: a disk does several such reads in the time of one.
    private const int ThreadsThatWait = 6;
    private const int FewStretches = 16;

    private readonly List<Slot> _slots = [];

    /// <summary>Demands that all of it is there, as far as the target goes.</summary>
    /// <exception cref="SyncException">It is not.</exception>
    public void Demand()
    {
        RedoCursor content = new(redo);
        int handedOut = 0;
        int threads = options.Threads == 1 || redo.Count < FewStretches ? 1 : Math.Max(options.Threads, ThreadsThatWait);

        // Not to be broken off: what was written from the redo is either proved, or wrong.
        OrderedPipeline<Slot>.Run(
            threads,
            () => NextSlot(ref handedOut),
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

    // Made once, and used for each redo.
    private Slot NextSlot(ref int handedOut)
    {
        if (handedOut == _slots.Count)
        {
            _slots.Add(new Slot());
        }

        return _slots[handedOut++];
    }

    private void Compare(Slot slot)
    {
        slot.Wrong = null;
        List<RedoPart> parts = slot.Piece.Parts;
        for (int first = 0, end; first < parts.Count && slot.Wrong is null; first = end)
        {
            end = first + 1;
            while (end < parts.Count
                && parts[end].Place.Offset - parts[end - 1].Place.End <= CopyBatch.LongestGap
                && parts[end].Place.End - parts[first].Place.Offset <= slot.Found.Length)
            {
                end++;
            }

            CompareNear(slot, first, end);
        }
    }

    private void CompareNear(Slot slot, int first, int end)
    {
        List<RedoPart> parts = slot.Piece.Parts;
        long begin = parts[first].Place.Offset;
        int length = (int)Math.Clamp(target.Length - begin, 0, parts[end - 1].Place.End - begin);
        if (length == 0)
        {
            return;
        }

        Span<byte> found = slot.Found.AsSpan(0, length);
        target.ReadBelowCache(found, begin);
        for (int i = first; i < end; i++)
        {
            RedoPart part = parts[i];
            int from = (int)(part.Place.Offset - begin);
            int inTarget = Math.Min(part.Length, length - from);
            if (inTarget > 0 && !found.Slice(from, inTarget).SequenceEqual(slot.Piece.BytesOf(part)[..inTarget]))
            {
                slot.Wrong = part.Place;
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
        public RedoPiece Piece { get; } = new();

        public byte[] Found { get; } = GC.AllocateUninitializedArray<byte>(RedoPiece.LargestLength);

        public ByteRange? Wrong { get; set; }
    }
}
