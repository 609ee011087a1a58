using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Finds blocks of B whose content A has at another byte offset. Only what differs in place is read. The result depends on the input alone,
/// and not on the threads.
/// </summary>
/// <remarks>
/// A window of a block's length is moved over B byte by byte. Its rolling sum is looked up among those of A's blocks, and what is found is
/// compared by hash. From there on the blocks that follow, and those before, are compared by hash alone. Where nothing was found for a
/// while, only one block's worth of offsets in seven is looked at: any longer run has a block that begins at one of them.
/// </remarks>
/// <param name="master">B.</param>
/// <param name="target">The blocks of B; of the same size as A's.</param>
/// <param name="baseBlocks">A.</param>
/// <param name="limits">How much is remembered.</param>
/// <param name="options">Threads, progress, cancellation.</param>
internal sealed class ShiftFinder(
    IReadableStorage master, BlockGeometry target, IBaseBlocks baseBlocks, ShiftLimits limits, SyncOptions options)
{
    private long _hashedBytes;
    private long _readBytes;

    /// <summary>Blocks that were found, but are left out: there was no room to remember them.</summary>
    public long BlocksLeftOut { get; private set; }

    /// <summary>Bytes of the windows that were hashed.</summary>
    public long HashedBytes => Interlocked.Read(ref _hashedBytes);

    /// <summary>Bytes read of B.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <summary>The runs, ascending, that lie inside what differs. Progress is counted in bytes of that.</summary>
    /// <param name="differing">Runs of B's blocks, ascending.</param>
    /// <exception cref="SyncException"><see cref="SyncError.Unreadable"/>.</exception>
    public IReadOnlyList<ShiftedRun> Find(IEnumerable<BlockRun> differing)
    {
        SumTable table = ReadBase();
        RunMerger merger = new(target, limits.MostRuns);
        if (table.Count == 0)
        {
            return merger.Runs;
        }

        SumFilter filter = new(table.Sums.Append(PieceScanner.SumOfZeros(target.BlockSize)), table.Count + 1);
        BufferPool buffers = new();
        long length = ShiftPieces.LengthFor(target.BlockSize, table.Step);
        List<Slot> slots = [];
        using IEnumerator<ShiftPiece> pieces = ShiftPieces.Of(differing, target, length).GetEnumerator();
        try
        {
            OrderedPipeline<Slot>.Run(
                options.Threads,
                () =>
                {
                    PieceContent content = new(master, target, buffers);
                    slots.Add(new Slot(content, new PieceScanner(baseBlocks, table, filter, content)));
                    return slots[^1];
                },
                slot =>
                {
                    bool isOne = pieces.MoveNext();
                    slot.Piece = isOne ? pieces.Current : default;
                    return isOne;
                },
                slot => slot.Scanner.Scan(slot.Piece),
                slot =>
                {
                    foreach (ByteRun run in slot.Scanner.Runs)
                    {
                        merger.Add(run);
                    }

                    options.Progress.Advance(slot.Piece.End - slot.Piece.From);
                },
                options.Cancellation);
        }
        finally
        {
            foreach (Slot slot in slots)
            {
                _hashedBytes += slot.Scanner.HashedBytes;
                _readBytes += slot.Content.ReadBytes;
                slot.Scanner.Dispose();
            }
        }

        merger.Finish();
        BlocksLeftOut = merger.BlocksLeftOut;
        return merger.Runs;
    }

    // The short last block of A is no window: it can only follow the block before it.
    private SumTable ReadBase()
    {
        SumTable table = new(baseBlocks.Geometry, limits.MostEntries);
        int length = baseBlocks.Hash.Length;
        baseBlocks.ReadAll((first, hashes, sums) =>
        {
            options.Cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < sums.Length; i++)
            {
                if (baseBlocks.Geometry.LengthOf(first + i) == baseBlocks.Geometry.BlockSize)
                {
                    table.Add(first + i, sums[i], hashes.Slice(i * length, length));
                }
            }
        });
        return table;
    }

    private sealed class Slot(PieceContent content, PieceScanner scanner)
    {
        public PieceContent Content => content;

        public PieceScanner Scanner => scanner;

        public ShiftPiece Piece { get; set; }
    }
}
