namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Buffers that go round between the slots and the passes of one run: a slot has one only while there is something in it. Safe from several
/// threads.
/// </summary>
internal sealed class BufferPool
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _free = [];

    /// <summary>A buffer of exactly this length. Its content is undefined.</summary>
    public byte[] Take(int length) => Find(buffer => buffer.Length == length) ?? GC.AllocateUninitializedArray<byte>(length);

    /// <summary>A buffer of at least this length. Its content is undefined.</summary>
    public byte[] TakeAtLeast(int length) => Find(buffer => buffer.Length >= length) ?? GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Takes back a buffer that its user does not use any more; null is nothing.</summary>
    public void Give(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            lock (_gate)
            {
                _free.Add(buffer);
            }

            buffer = null;
        }
    }

    // The one that was used last is still in the processor's cache.
    private byte[]? Find(Predicate<byte[]> fits)
    {
        lock (_gate)
        {
            int at = _free.FindLastIndex(fits);
            if (at < 0)
            {
                return null;
            }

            byte[] found = _free[at];
            _free.RemoveAt(at);
            return found;
        }
    }
}
