using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Turns stretches of the target to zeros, in ascending order, joined if they touch. Makes holes if the user wants them, zeros by the
/// device's own means if it has some, and otherwise writes zeros. Never discards.
/// </summary>
internal sealed class ZeroWriter
{
    // Devices zero whole sectors; no sector is larger than this.
    private const int Alignment = 4096;

    // Bytes that are zeroed between two checks for cancellation. No block is torn by it: block sizes divide it.
    private const long LongestStretch = 256L << 20;

    private static readonly byte[] Zeros = new byte[256 << 10];

    private readonly IWritableStorage _target;
    private readonly SyncOptions _options;
    private readonly bool _punches;
    private long _offset;
    private long _end;

    public ZeroWriter(IWritableStorage target, SparseMode sparse, SyncOptions options)
    {
        _target = target;
        _options = options;
        _punches = sparse == SparseMode.Always || (sparse == SparseMode.Auto && target.HasHoles);
    }

    /// <summary>Adds a stretch behind all others; it may be written later.</summary>
    public void Add(long offset, long length)
    {
        if (offset != _end)
        {
            Finish();
            _offset = offset;
        }

        _end = offset + length;
    }

    /// <summary>Writes the stretches that were added.</summary>
    /// <exception cref="OperationCanceledException">Between two stretches.</exception>
    public void Finish()
    {
        while (_offset < _end)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            long length = Math.Min(_end - _offset, LongestStretch);
            if (!(_punches && _target.TryPunchHole(_offset, length)))
            {
                ZeroOrWrite(_offset, _offset + length);
            }

            _offset += length;
        }
    }

    private void ZeroOrWrite(long offset, long end)
    {
        long middle = (offset + Alignment - 1) / Alignment * Alignment;
        long middleEnd = end / Alignment * Alignment;
        if (middle < middleEnd && _target.TryZeroRange(middle, middleEnd - middle))
        {
            WriteZeros(offset, middle);
            WriteZeros(middleEnd, end);
        }
        else
        {
            WriteZeros(offset, end);
        }
    }

    private void WriteZeros(long offset, long end)
    {
        while (offset < end)
        {
            int length = (int)Math.Min(end - offset, Zeros.Length);
            _target.Write(Zeros.AsSpan(0, length), offset);
            offset += length;
        }
    }
}
