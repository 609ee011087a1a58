using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>What stands against copying.</summary>
/// <param name="WithoutSource">Blocks whose content is nowhere to be found.</param>
/// <param name="OtherContent">Copies whose content has the hashes of the master's, but not its SHA-256.</param>
internal readonly record struct CopyFaults(BlockRunList WithoutSource, BlockRunList OtherContent);

/// <summary>Looks at the content of all copies before anything is written: is it where the data file says, and is it what the master has?</summary>
internal static class CopyVerifier
{
    /// <summary>Reads each source once.</summary>
    /// <param name="content">Finds it.</param>
    /// <param name="plan">The copies.</param>
    /// <param name="patch">The data file, which has been verified.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <param name="witnesses">Is shown what the blocks become; null where nobody asks.</param>
    public static CopyFaults Verify(CopyContent content, CopyPlan plan, PatchSource patch, SyncOptions options, WitnessCollector? witnesses = null)
    {
        CopyFaults faults = new(new BlockRunList(), new BlockRunList());
        if (plan.IsEmpty)
        {
            return faults;
        }

        OperationReader reader = patch.Open(skipContent: true);
        BlockGeometry geometry = reader.Geometry.Target;
        List<Slot> slots = [];
        OperationGroupPool groups = new(group => slots.Exists(slot => slot.Group == group));
        OperationGroup current = groups.Take();
        long loaded = -1;
        int next = 0;
        options.Progress.Begin("looking at what is to be copied", plan.Runs.Sum(run => geometry.LengthOf(run.Blocks)));

        // Large blocks are looked at one at a time: each thread would need room for one.
        int threads = geometry.BlockSize > PatchItem.ChunkLength ? 1 : options.Threads;
        OrderedPipeline<Slot>.Run(
            threads,
            () =>
            {
                Slot slot = new(content.BufferLength, reader.Header.Hash.Length);
                slots.Add(slot);
                return slot;
            },
            slot =>
            {
                if (next == plan.Runs.Count)
                {
                    return false;
                }

                CopyPlace place = plan.PlaceOf(next++);
                if (place.GroupOffset != loaded)
                {
                    slot.Group = null;
                    current = groups.Take();
                    reader.ReadGroupAt(place.GroupOffset, current);
                    loaded = place.GroupOffset;
                }

                slot.Group = current;
                slot.Copy = current.Operations[place.Index];
                return true;
            },
            slot => Check(slot, content, geometry, options.Progress, witnesses),
            slot =>
            {
                slot.Missing.ForEach(block => faults.WithoutSource.Add(new BlockRun(block, 1)));
                if (slot.IsOther)
                {
                    faults.OtherContent.Add(slot.Copy.Blocks);
                }
            },
            options.Cancellation);
        return faults;
    }

    private static void Check(Slot slot, CopyContent content, BlockGeometry geometry, SyncProgress progress, WitnessCollector? witnesses)
    {
        slot.Missing.Clear();
        using RunningHash sha256 = BlockHash.Sha256.StartBlock();
        for (BlockRun left = slot.Copy.Blocks; left.Count > 0;)
        {
            BlockRun blocks = new(left.First, Math.Min(left.Count, content.ChunkBlocks));
            Span<byte> bytes = slot.Buffer.AsSpan(0, (int)geometry.LengthOf(blocks));
            content.Read(slot.Group!, slot.Copy, blocks, bytes, slot.Hash, slot.Missing);
            sha256.Append(bytes);
            witnesses?.AddAfter(geometry.OffsetOf(blocks.First), bytes);
            progress.Advance(bytes.Length);
            left = BlockRun.Between(blocks.End, left.End);
        }

        Span<byte> digest = stackalloc byte[OperationGroup.Sha256Length];
        sha256.Finish(digest);
        slot.IsOther = slot.Missing.Count == 0 && !digest.SequenceEqual(slot.Group!.Sha256(slot.Copy));
    }

    private sealed class Slot(int bufferLength, int hashLength)
    {
        public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(bufferLength);

        public byte[] Hash { get; } = new byte[hashLength];

        public OperationGroup? Group { get; set; }

        public Operation Copy { get; set; }

        public List<long> Missing { get; } = [];

        public bool IsOther { get; set; }
    }
}
