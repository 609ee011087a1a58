using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Reads the master once: hashes each block, compares it with the remote's, and collects differing blocks from the very bytes that were
/// hashed. Frames of complete groups go through the same pipeline as the reading, ahead of it. So all threads compress, and content does
/// not pile up.
/// </summary>
internal sealed class OnePassCollector : IBlockSink, IDisposable
{
    // Larger blocks are kept whole in each slot of the pipeline. Then there are fewer threads, so that memory stays within a few of the
    // largest blocks.
    private const int MostSlotContent = 8 << 20;

    private readonly BlockScanner _scanner;
    private readonly SyncGeometry _geometry;
    private readonly DataFileWriter _writer;
    private readonly DataFileSpecification _specification;
    private readonly int _hashLength;
    private readonly RootBuilder _root;
    private readonly RunComparer _comparer;
    private readonly OperationPacker _packer;
    private readonly ContentQueue _content;
    private readonly List<Slot> _slots = [];
    private readonly RepeatFinder? _repeats;
    private readonly OldCopy? _old;
    private readonly IReadableStorage _master;
    private ScanSlot? _scanned;

    /// <summary>Begins.</summary>
    /// <param name="master">B.</param>
    /// <param name="scanner">Reads it.</param>
    /// <param name="remote">The remote's checksums; only the header has been read.</param>
    /// <param name="header">Of the data file.</param>
    /// <param name="writer">Of the data file; its header has been written.</param>
    /// <param name="specification">How frames are cut and compressed.</param>
    public OnePassCollector(
        IReadableStorage master, BlockScanner scanner, ChecksumFileReader remote, DataFileHeader header, DataFileWriter writer,
        DataFileSpecification specification)
    {
        _master = master;
        _scanner = scanner;
        _geometry = header.SyncGeometry;
        _writer = writer;
        _specification = specification;
        _hashLength = header.Hash.Length;
        Covered = header.Coverage.ClipTo(_geometry.Target.BlockCount);
        _root = new RootBuilder(_geometry.Target, header.Hash, Covered);
        _comparer = new RunComparer(new ChecksumRuns(remote, header.Coverage, ahead: false), _geometry, header.Hash, Collect);
        _content = new ContentQueue(specification.FrameSize, _hashLength);
        _old = OldCopy.For(specification, _geometry, header.Hash);
        _repeats = RepeatFinder.For(_geometry.Target, specification, _old?.Choices);
        _packer = new OperationPacker(header, _content.Close);
    }

    /// <summary>Blocks that were not sent again.</summary>
    public long RepeatedBlocks { get; private set; }

    /// <summary>What the master's own copy of the old content was good for.</summary>
    public PrefixCounts Prefixes { get; private set; }

    /// <summary>The blocks of the master that are compared: nothing else is read.</summary>
    public BlockCoverage Covered { get; }

    /// <summary>Handles all blocks, and writes all groups and their content.</summary>
    /// <returns>The roots of A and B over the compared blocks.</returns>
    public (ReadOnlyMemory<byte> Base, ReadOnlyMemory<byte> Target) Run(SyncOptions options)
    {
        using (IEnumerator<ScanItem> items = _scanner.Items(Covered).GetEnumerator())
        {
            RunPipeline(items, options);
        }

        ReadOnlyMemory<byte> baseRoot = _comparer.Finish();
        _packer.Finish();

        // For the groups that the last blocks have closed.
        RunPipeline(null, options);
        return (baseRoot, _root.Finish());
    }

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
    {
        _root.AddData(run, hashes);
        _comparer.AddData(run, hashes);
    }

    public void AddZeros(BlockRun run)
    {
        _root.AddZeros(run);
        _comparer.AddZeros(run);
    }

    public void Dispose()
    {
        _root.Dispose();
        _comparer.Dispose();
    }

    private void RunPipeline(IEnumerator<ScanItem>? items, SyncOptions options)
    {
        int blockSize = _geometry.Target.BlockSize;
        int threads = blockSize > BlockScanner.ChunkLength ? Math.Clamp(MostSlotContent / blockSize, 1, options.Threads) : options.Threads;
        int used = 0;
        OrderedPipeline<Slot>.Run(
            threads,
            () =>
            {
                if (used == _slots.Count)
                {
                    _slots.Add(new Slot(
                        _scanner.CreateSlot(keepsContent: true, _specification.FrameSize),
                        new EncodedFrame(_master, _geometry.Target, _repeats, _old, _specification)));
                }

                return _slots[used++];
            },
            slot => Take(slot, items),
            Work,
            slot => Emit(slot, options.Progress),
            options.Cancellation);
    }

    private bool Take(Slot slot, IEnumerator<ScanItem>? items)
    {
        slot.IsScan = false;
        if (_content.TryTake(out QueuedPiece piece))
        {
            slot.Piece = piece;
            if (piece.Group is null)
            {
                slot.Frame.FindRepeats(piece.Blocks.ShowTo);
                slot.Frame.Describe(piece.Blocks.DescribeTo);
            }

            return true;
        }

        if (items is null || !items.MoveNext())
        {
            return false;
        }

        slot.IsScan = true;
        slot.Scan.Begin(items.Current);
        return true;
    }

    private void Work(Slot slot)
    {
        if (slot.IsScan)
        {
            _scanner.Hash(slot.Scan);
        }
        else if (slot.Piece.Group is null)
        {
            // The buffer for reading is free: this item reads only the content that it may repeat.
            try
            {
                slot.Frame.Encode(slot.Piece.Frame.AsMemory(0, slot.Piece.Length), slot.Scan.Buffer);
            }
            catch
            {
                slot.Frame.Abandon();
                throw;
            }
        }
    }

    private void Emit(Slot slot, SyncProgress progress)
    {
        if (slot.IsScan)
        {
            _scanned = slot.Scan;
            slot.Scan.HandTo(this);
            progress.Advance(_geometry.Target.LengthOf(slot.Scan.Item.Run));
        }
        else if (slot.Piece.Group is { } group)
        {
            _writer.WriteGroup(group);
            _packer.Return(group);
        }
        else
        {
            slot.Frame.Write(_writer);
            RepeatedBlocks += slot.Frame.RepeatedBlocks;
            Prefixes += slot.Frame.Counts;
            _content.Return(slot.Piece);
        }
    }

    // Blocks of the item that is being handed over.
    private void Collect(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        if (newKind != NewKind.Data)
        {
            if (oldKind == OldKind.Hashed && _scanned!.Item.IsHole)
            {
                // The remote has content where the master is said to have nothing. The master is read there before it is called zeros.
                _scanner.DemandZeros(run);
            }

            _packer.Add(run, newKind, oldKind, oldHashes, newHashes);
            return;
        }

        int oldLength = oldKind == OldKind.Hashed ? _hashLength : 0;
        for (int i = 0; i < run.Count; i++)
        {
            // A group that ends before this block is closed here, before the content is added to the next group.
            BlockRun block = new(run.First + i, 1);
            ReadOnlySpan<byte> oldHash = oldHashes.Slice(i * oldLength, oldLength);
            ReadOnlySpan<byte> newHash = newHashes.Slice(i * _hashLength, _hashLength);
            _packer.Add(block, newKind, oldKind, oldHash, newHash);
            _content.Append(block.First, newHash, oldKind, oldHash, _scanned!.ContentOf(block.First));
        }
    }

    private sealed class Slot(ScanSlot scan, EncodedFrame frame)
    {
        /// <summary>Reads blocks, or takes the result of compressing a frame.</summary>
        public ScanSlot Scan => scan;

        public EncodedFrame Frame => frame;

        public bool IsScan { get; set; }

        /// <summary>The piece to be written, if the item is not for reading blocks.</summary>
        public QueuedPiece Piece { get; set; }
    }
}
