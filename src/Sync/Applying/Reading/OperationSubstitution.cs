using BinarySync.Format;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// Passes blocks on to a sink. Blocks that have an operation are replaced by their old (or new) content, as the operation gives it.
/// </summary>
internal sealed class OperationSubstitution(IBlockSink sink, IOperationReader reader, bool old, string target = "") : IUnreadableSink
{
    private readonly int _hashLength = reader.Header.Hash.Length;
    private readonly OperationCursor _cursor = new(reader);

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
    {
        while (run.Count > 0)
        {
            BlockRun before = TakeUntouched(ref run);
            if (before.Count > 0)
            {
                int length = (int)before.Count * _hashLength;
                sink.AddData(before, hashes[..length]);
                hashes = hashes[length..];
            }

            BlockRun replaced = TakeReplaced(ref run);
            hashes = hashes[((int)replaced.Count * _hashLength)..];
        }
    }

    public void AddZeros(BlockRun run)
    {
        while (run.Count > 0)
        {
            BlockRun before = TakeUntouched(ref run);
            if (before.Count > 0)
            {
                sink.AddZeros(before);
            }

            TakeReplaced(ref run);
        }
    }

    // Blocks that are overwritten need not be read; about the others, nothing can be said.
    public void AddUnreadable(BlockRun run)
    {
        while (run.Count > 0)
        {
            BlockRun before = TakeUntouched(ref run);
            if (before.Count > 0)
            {
                BlockRunList blocks = new();
                blocks.Add(before);
                throw new SyncException(
                    SyncReason.UnreadableBlocks,
                    target,
                    $"cannot be compared with the base: {blocks} cannot be read",
                    blocks.Runs);
            }

            TakeReplaced(ref run);
        }
    }

    // The blocks before the next operation.
    private BlockRun TakeUntouched(ref BlockRun run)
    {
        _cursor.Seek(run.First);
        BlockRun before = BlockRun.Between(run.First, Math.Clamp(_cursor.Operation.Blocks.First, run.First, run.End));
        run = BlockRun.Between(before.End, run.End);
        return before;
    }

    // The blocks inside the operation, if it has been reached.
    private BlockRun TakeReplaced(ref BlockRun run)
    {
        Operation operation = _cursor.Operation;
        BlockRun inside = BlockRun.Between(run.First, Math.Clamp(operation.Blocks.End, run.First, run.End));
        run = BlockRun.Between(inside.End, run.End);
        if (inside.Count > 0 && (old ? operation.Old != OldKind.Hashed : operation.New == NewKind.Zero))
        {
            sink.AddZeros(inside);
            return inside;
        }

        for (long block = inside.First; block < inside.End; block++)
        {
            long index = block - operation.Blocks.First;
            sink.AddData(new BlockRun(block, 1), old ? _cursor.Group.OldHash(operation, index) : _cursor.Group.NewHash(operation, index));
        }

        return inside;
    }
}
