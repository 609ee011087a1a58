using BinarySync.Format;

namespace BinarySync.Sync.Pipeline;

/// <summary>Blocks whose content does not match their new hash.</summary>
internal sealed class WrongBlocks
{
    /// <summary>Their numbers, ascending.</summary>
    public List<long> Blocks { get; } = [];

    /// <summary>Those of them that still have the content from before their operation.</summary>
    public int OldBlocks { get; private set; }

    public void Add(OperationGroup group, in Operation operation, BlockHasher found)
    {
        Blocks.Add(found.Block);
        if (operation.Old == OldKind.Hashed && found.Value.SequenceEqual(group.OldHash(operation, found.Block - operation.Blocks.First)))
        {
            OldBlocks++;
        }
    }

    public void Clear()
    {
        Blocks.Clear();
        OldBlocks = 0;
    }
}

/// <summary>
/// Compares the content of frames with the new hashes of their blocks. Blocks within one frame are compared by themselves, on many threads.
/// A block that is larger than a frame is compared as its frames arrive in order.
/// </summary>
/// <param name="geometry">B.</param>
/// <param name="hash">The block hash.</param>
/// <param name="frameSize">Raw bytes of a full frame.</param>
internal sealed class FrameContent(BlockGeometry geometry, BlockHash hash, int frameSize)
{
    private readonly BlockHasher? _spanning = geometry.BlockSize > frameSize ? new BlockHasher(hash, geometry) : null;

    /// <summary>True if a block is larger than a frame.</summary>
    public bool BlocksSpanFrames => _spanning is not null;

    /// <summary>Compares the blocks of a frame. Does nothing if blocks span frames.</summary>
    /// <param name="group">Of the frame.</param>
    /// <param name="from">Where in the group's content the frame begins.</param>
    /// <param name="raw">The frame's content.</param>
    /// <param name="hasher">Of the thread; over the same blocks.</param>
    /// <param name="wrong">Gets the blocks that do not match their new hash.</param>
    public void Compare(OperationGroup group, long from, ReadOnlySpan<byte> raw, BlockHasher hasher, WrongBlocks wrong)
    {
        if (_spanning is null)
        {
            CompareAll(group, from, raw, hasher, wrong);
        }
    }

    /// <summary>As <see cref="Compare"/>, if blocks span frames; on one thread, for the frames in order.</summary>
    public void CompareNext(OperationGroup group, long from, ReadOnlySpan<byte> raw, WrongBlocks wrong)
    {
        if (_spanning is not null)
        {
            CompareAll(group, from, raw, _spanning, wrong);
        }
    }

    private void CompareAll(OperationGroup group, long from, ReadOnlySpan<byte> raw, BlockHasher hasher, WrongBlocks wrong)
    {
        foreach (ContentPiece piece in group.PiecesOf(geometry, from, raw.Length))
        {
            ReadOnlySpan<byte> rest = raw.Slice(piece.ContentOffset, piece.Length);
            hasher.BeginAt(piece.TargetOffset);
            while (hasher.Next(ref rest))
            {
                Operation operation = piece.Operation;
                if (!hasher.Value.SequenceEqual(group.NewHash(operation, hasher.Block - operation.Blocks.First)))
                {
                    wrong.Add(group, operation, hasher);
                }
            }
        }
    }
}
