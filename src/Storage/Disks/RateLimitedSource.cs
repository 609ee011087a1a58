namespace BinarySync.Storage.Disks;

/// <summary>A storage that is read at a limited rate. Holes that are not read cost nothing.</summary>
/// <remarks>
/// Every member of the interface is written out: a default member would not reach the storage below. Only announcements do not reach it:
/// the system would read ahead of the rate.
/// </remarks>
/// <param name="inner">Owned from here on.</param>
/// <param name="reads">The budget of all reads, those from below the cache included.</param>
public class RateLimitedSource(IReadableStorage inner, RateLimiter reads) : IReadableStorage
{
    public string Name => inner.Name;

    public StorageKind Kind => inner.Kind;

    public bool HasFixedLength => inner.HasFixedLength;

    public bool HasTimes => inner.HasTimes;

    public long Length => inner.Length;

    public void Read(Span<byte> buffer, long offset)
    {
        foreach (Range piece in Pieces(reads, buffer.Length))
        {
            inner.Read(buffer[piece], offset + piece.Start.Value);
        }
    }

    public void ReadOnce(Span<byte> buffer, long offset)
    {
        foreach (Range piece in Pieces(reads, buffer.Length))
        {
            inner.ReadOnce(buffer[piece], offset + piece.Start.Value);
        }
    }

    public void Announce(long offset, int length)
    {
    }

    public void ReadBelowCache(Span<byte> buffer, long offset)
    {
        foreach (Range piece in Pieces(reads, buffer.Length))
        {
            inner.ReadBelowCache(buffer[piece], offset + piece.Start.Value);
        }
    }

    public StorageExtent ExtentAt(long offset) => inner.ExtentAt(offset);

    public HoleClaim? WeighHoles() => inner.WeighHoles();

    public SourceStamp ReadStamp() => inner.ReadStamp();

    public FileBirth? ReadBirth() => inner.ReadBirth();

    public void Dispose()
    {
        inner.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Cuts a length into pieces, and yields each one when it may pass. An empty length is one piece too: the storage below sees each call.
    /// </summary>
    protected static IEnumerable<Range> Pieces(RateLimiter limiter, int length)
    {
        int done = 0;
        do
        {
            int count = Math.Min(length - done, limiter.LargestPiece);
            limiter.Wait(count);
            yield return done..(done + count);
            done += count;
        }
        while (done < length);
    }
}
