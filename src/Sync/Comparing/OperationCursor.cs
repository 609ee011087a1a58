using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>Goes through the operations of a data request or data file to the one that has a block. Skips content.</summary>
internal sealed class OperationCursor(IOperationReader reader)
{
    /// <summary>The first block of <see cref="Operation"/> behind the last one.</summary>
    public const long Behind = long.MaxValue - 1;

    private int _next;

    /// <summary>The group of <see cref="Operation"/>.</summary>
    public OperationGroup Group { get; } = new();

    /// <summary>
    /// The operation that has the block, or the next one behind it. If there is none, an operation without end behind all others.
    /// </summary>
    public Operation Operation { get; private set; }

    /// <summary>Moves on to a block; blocks ascend.</summary>
    public void Seek(long block)
    {
        while (Operation.Blocks.End <= block && Next())
        {
        }
    }

    /// <summary>Moves on to the next operation; false behind the last one.</summary>
    public bool Next()
    {
        while (_next == Group.Operations.Count)
        {
            while (reader.ReadFrame(out _))
            {
            }

            if (Operation.Blocks.First == Behind || !reader.ReadGroup(Group))
            {
                Operation = new Operation(BlockRun.From(Behind), default, default, 0, 0, 0);
                return false;
            }

            _next = 0;
        }

        Operation = Group.Operations[_next++];
        return true;
    }
}
