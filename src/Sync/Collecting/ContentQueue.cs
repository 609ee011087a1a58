using System.Collections.Concurrent;
using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>A group, or one frame of the content of the group before it, that waits to be written.</summary>
/// <param name="Group">The group; null for a frame.</param>
/// <param name="Frame">The frame's content.</param>
/// <param name="Length">Bytes of it.</param>
internal readonly record struct QueuedPiece(PackedGroup? Group, byte[] Frame, int Length);

/// <summary>
/// Content of blocks that differ, cut into frames while it is found. It waits until its group is closed, since the group is written before it: at most a group's
/// content and what follows meanwhile. One thread adds and gives back; others may take.
/// </summary>
/// <param name="frameSize">Raw bytes of a full frame.</param>
internal sealed class ContentQueue(int frameSize)
{
    private readonly ConcurrentQueue<QueuedPiece> _due = new();
    private readonly List<byte[]> _open = [];
    private readonly Stack<byte[]> _free = new();
    private int _lastUsed;

    /// <summary>Adds content to the group that is open.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            if (_open.Count == 0 || _lastUsed == frameSize)
            {
                _open.Add(_free.TryPop(out byte[]? free) ? free : GC.AllocateUninitializedArray<byte>(frameSize));
                _lastUsed = 0;
            }

            int count = Math.Min(content.Length, frameSize - _lastUsed);
            content[..count].CopyTo(_open[^1].AsSpan(_lastUsed));
            _lastUsed += count;
            content = content[count..];
        }
    }

    /// <summary>The group is complete: it and its frames may be taken, in this order.</summary>
    public void Close(PackedGroup group)
    {
        _due.Enqueue(new QueuedPiece(group, [], 0));
        for (int i = 0; i < _open.Count; i++)
        {
            _due.Enqueue(new QueuedPiece(null, _open[i], i == _open.Count - 1 ? _lastUsed : frameSize));
        }

        _open.Clear();
    }

    /// <summary>Takes what comes next; false where nothing is due.</summary>
    public bool TryTake(out QueuedPiece piece) => _due.TryDequeue(out piece);

    /// <summary>Gives back the array of a frame that has been written.</summary>
    public void Return(byte[] frame) => _free.Push(frame);
}
