namespace BinarySync.Storage.Disks;

/// <summary>
/// A target that is read and written at limited rates. Work that the system does by itself costs nothing: zeroing a range, punching a hole,
/// reserving space.
/// </summary>
/// <param name="inner">Owned from here on.</param>
/// <param name="reads">The budget of all reads.</param>
/// <param name="writes">The budget of all writes.</param>
public sealed class RateLimitedTarget(
    IWritableStorage inner, RateLimiter reads, RateLimiter writes) : RateLimitedSource(inner, reads), IWritableStorage
{
    private readonly IWritableStorage _inner = inner;

    public bool HasHoles => _inner.HasHoles;

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        foreach (Range piece in Pieces(writes, data.Length))
        {
            _inner.Write(data[piece], offset + piece.Start.Value);
        }
    }

    public void BeginWriteBack(long offset, long length) => _inner.BeginWriteBack(offset, length);

    public bool TryZeroRange(long offset, long length) => _inner.TryZeroRange(offset, length);

    public bool TryPunchHole(long offset, long length) => _inner.TryPunchHole(offset, length);

    public bool TryAllocate(long offset, long length) => _inner.TryAllocate(offset, length);

    public void DemandRoom(long bytes) => _inner.DemandRoom(bytes);

    public void ReleasePastEnd() => _inner.ReleasePastEnd();

    public void DemandLength() => _inner.DemandLength();

    public void SetLength(long length) => _inner.SetLength(length);

    public void Flush() => _inner.Flush();
}
