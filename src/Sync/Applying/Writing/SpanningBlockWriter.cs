using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Writes blocks that are larger than a frame: whether a block is written is decided when its first frame comes, from the whole old block.
/// </summary>
internal sealed class SpanningBlockWriter(
    BlockHash hash,
    SyncGeometry geometry,
    TargetChecker checker,
    IReadableStorage target,
    Func<long, BlockState, bool> mayWrite,
    Action<PatchItem, ContentPiece> write)
{
    private readonly SpanningBlock _content = new(geometry.Target, hash);
    private bool _writes;

    /// <summary>Writes what of the frame is to be written, and returns the counts with it. Frames come in order.</summary>
    public WriteCounts Write(PatchItem item, WriteCounts counts)
    {
        foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            long block = geometry.Target.BlockAt(piece.TargetOffset);
            if (piece.TargetOffset == geometry.Target.OffsetOf(block))
            {
                _writes = false;
                checker.Check(
                    item, item.Group, piece.Operation, new BlockRun(block, 1), target.Length, (found, state) => _writes = mayWrite(found, state));
                counts = _writes ? counts with { DataBlocks = counts.DataBlocks + 1 } : counts;
            }

            ReadOnlySpan<byte> bytes = item.Raw.AsSpan(piece.ContentOffset, piece.Length);
            if (_writes)
            {
                write(item, piece);
                counts = counts with { DataBytes = counts.DataBytes + piece.Length };
            }

            if (_content.Append(item.Group, piece, bytes) is { } wrong)
            {
                throw new SyncException(
                    SyncReason.DataFileChanged,
                    target.Name,
                    $"block {wrong} was written from a data file that changed while it was being applied");
            }
        }

        return counts;
    }
}
