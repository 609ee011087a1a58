using System.Runtime.InteropServices;

namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Buffers that go round between the slots and the passes of one run: a slot has one only while there is something in it. Safe from several
/// threads.
/// </summary>
internal sealed class BufferPool
{
    // A page: direct I/O reads into memory at such an address, and otherwise through another buffer.
    private const int Alignment = 4096;

    private readonly Lock _gate = new();
    private readonly List<byte[]> _free = [];

    // Apart: one that was taken for something else might not come back, because a reader has exchanged it for a longer one.
    private readonly List<byte[]> _aligned = [];

    /// <summary>A buffer of exactly this length. Its content is undefined.</summary>
    public byte[] Take(int length) => Find(_free, buffer => buffer.Length == length) ?? GC.AllocateUninitializedArray<byte>(length);

    /// <summary>
    /// A buffer with this many bytes from <paramref name="start"/> on, which is at the beginning of a page. Their content is undefined.
    /// </summary>
    public byte[] TakeAligned(int length, out int start)
    {
        int all = length + Alignment;
        byte[] buffer = Find(_aligned, buffer => buffer.Length == all) ?? GC.AllocateUninitializedArray<byte>(all, pinned: true);
        start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0) & (Alignment - 1));
        return buffer;
    }

    /// <summary>A buffer of at least this length. Its content is undefined.</summary>
    public byte[] TakeAtLeast(int length) => Find(_free, buffer => buffer.Length >= length) ?? GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Takes back a buffer that its user does not use any more; null is nothing.</summary>
    public void Give(ref byte[]? buffer) => Give(_free, ref buffer);

    /// <summary>Takes back a buffer of <see cref="TakeAligned"/>.</summary>
    public void GiveAligned(ref byte[]? buffer) => Give(_aligned, ref buffer);

    private void Give(List<byte[]> free, ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            lock (_gate)
            {
                free.Add(buffer);
            }

            buffer = null;
        }
    }

    // The one that was used last is still in the processor's cache.
    private byte[]? Find(List<byte[]> free, Predicate<byte[]> fits)
    {
        lock (_gate)
        {
            int at = free.FindLastIndex(fits);
            if (at < 0)
            {
                return null;
            }

            byte[] found = free[at];
            free.RemoveAt(at);
            return found;
        }
    }
}
