using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BinarySync.Format;

namespace BinarySync.Sync.Collecting;

/// <summary>A group, or one frame of the content of the group before it, that waits to be written.</summary>
/// <param name="Group">The group; null for a frame.</param>
/// <param name="Frame">The frame's content.</param>
/// <param name="Length">Bytes of it.</param>
/// <param name="Blocks">The blocks that begin in the frame, with their hashes.</param>
internal readonly record struct QueuedPiece(PackedGroup? Group, byte[] Frame, int Length, FrameBlocks Blocks);

/// <summary>The blocks that begin in a frame, in order.</summary>
/// <param name="hashLength">Bytes of a block hash.</param>
internal sealed class FrameBlocks(int hashLength)
{
    private readonly List<(long Block, int At, OldKind Old, int OldHashAt)> _blocks = [];
    private readonly List<byte> _hashes = [];
    private readonly List<byte> _oldHashes = [];

    /// <summary>Adds a block.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="at">Where it begins in the frame.</param>
    /// <param name="hash">Its new hash.</param>
    /// <param name="old">What it was.</param>
    /// <param name="oldHash">Its old hash, if it has one.</param>
    public void Add(long block, int at, ReadOnlySpan<byte> hash, OldKind old, ReadOnlySpan<byte> oldHash)
    {
        _blocks.Add((block, at, old, _oldHashes.Count));
        _hashes.AddRange(hash);
        _oldHashes.AddRange(oldHash);
    }

    public void Clear()
    {
        _blocks.Clear();
        _hashes.Clear();
        _oldHashes.Clear();
    }

    /// <summary>Says what the blocks were.</summary>
    public void DescribeTo(FramePrefix prefix)
    {
        foreach ((long block, _, OldKind old, int at) in _blocks)
        {
            int length = old == OldKind.Hashed ? hashLength : 0;
            prefix.Add(new BlockRun(block, 1), old, CollectionsMarshal.AsSpan(_oldHashes).Slice(at, length));
        }
    }

    /// <summary>Shows them to the finder of repeats.</summary>
    public void ShowTo(RepeatFinder finder, List<RepeatRun> runs)
    {
        finder.Begin(runs);
        for (int i = 0; i < _blocks.Count; i++)
        {
            finder.Look(_blocks[i].Block, _blocks[i].At, CollectionsMarshal.AsSpan(_hashes).Slice(i * hashLength, hashLength), runs);
        }

        finder.End(runs);
    }
}

/// <summary>
/// Content of blocks that differ, cut into frames as it is found. It waits until its group is closed, because the group is written before
/// it. So the queue holds at most one group's content, and the content that follows meanwhile. One thread adds and gives back; others may
/// take.
/// </summary>
/// <param name="frameSize">Raw bytes of a full frame.</param>
/// <param name="hashLength">Bytes of a block hash.</param>
internal sealed class ContentQueue(int frameSize, int hashLength)
{
    private readonly ConcurrentQueue<QueuedPiece> _due = new();
    private readonly List<(byte[] Frame, FrameBlocks Blocks)> _open = [];
    private readonly Stack<(byte[] Frame, FrameBlocks Blocks)> _free = new();
    private int _lastUsed;

    /// <summary>Adds the content of a block to the group that is open.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="hash">Its new hash.</param>
    /// <param name="old">What it was.</param>
    /// <param name="oldHash">Its old hash, if it has one.</param>
    /// <param name="content">All of it.</param>
    public void Append(long block, ReadOnlySpan<byte> hash, OldKind old, ReadOnlySpan<byte> oldHash, ReadOnlySpan<byte> content)
    {
        bool begins = true;
        while (content.Length > 0)
        {
            if (_open.Count == 0 || _lastUsed == frameSize)
            {
                _open.Add(
                    _free.TryPop(out (byte[] Frame, FrameBlocks Blocks) free)
                        ? free
                        : (GC.AllocateUninitializedArray<byte>(frameSize), new FrameBlocks(hashLength)));
                _open[^1].Blocks.Clear();
                _lastUsed = 0;
            }

            if (begins)
            {
                _open[^1].Blocks.Add(block, _lastUsed, hash, old, oldHash);
                begins = false;
            }

            int count = Math.Min(content.Length, frameSize - _lastUsed);
            content[..count].CopyTo(_open[^1].Frame.AsSpan(_lastUsed));
            _lastUsed += count;
            content = content[count..];
        }
    }

    /// <summary>Completes the group: it and its frames may be taken, in this order.</summary>
    public void Close(PackedGroup group)
    {
        _due.Enqueue(new QueuedPiece(group, [], 0, new FrameBlocks(hashLength)));
        for (int i = 0; i < _open.Count; i++)
        {
            _due.Enqueue(new QueuedPiece(null, _open[i].Frame, i == _open.Count - 1 ? _lastUsed : frameSize, _open[i].Blocks));
        }

        _open.Clear();
    }

    /// <summary>Takes the next piece; false if none is due.</summary>
    public bool TryTake(out QueuedPiece piece) => _due.TryDequeue(out piece);

    /// <summary>Gives back the arrays of a frame that has been written.</summary>
    public void Return(in QueuedPiece frame) => _free.Push((frame.Frame, frame.Blocks));
}
