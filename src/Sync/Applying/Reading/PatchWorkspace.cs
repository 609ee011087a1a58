using BinarySync.Format;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// Slots and groups for the passes over one data file. They are allocated once and reused by all passes, so that a long file leaves no more
/// garbage than a short one.
/// </summary>
internal sealed class PatchWorkspace : IDisposable
{
    private readonly List<PatchItem> _items = [];
    private readonly Stack<FrameDecoder> _decoders = [];
    private PatchSource? _decoded;
    private readonly OperationGroupPool _groups;
    private int _handedOut;

    public PatchWorkspace() => _groups = new OperationGroupPool(group => _items.Exists(item => item.Group == group));

    /// <summary>The buffers of all slots.</summary>
    public BufferPool Buffers { get; } = new();

    /// <summary>Begins a pass, and makes its slots.</summary>
    public Func<PatchItem> BeginPass(IOperationReader reader) => BeginPass(reader.Geometry, reader.Header.Hash);

    /// <summary>As <see cref="BeginPass(IOperationReader)"/>, for a file whose header has been read before.</summary>
    public Func<PatchItem> BeginPass(SyncGeometry geometry, BlockHash hash)
    {
        _handedOut = 0;
        _items.ForEach(item => item.Release());
        return () =>
        {
            if (_handedOut == _items.Count)
            {
                _items.Add(new PatchItem(this, geometry, hash));
            }

            return _items[_handedOut++];
        };
    }

    /// <summary>One group for reading copies, and one for gathering many of them. Valid until the next pass over the data file.</summary>
    public (OperationGroup Read, OperationGroup Gathered) TakeCopyGroups()
    {
        OperationGroup read = _groups.Take();
        return (read, _groups.Take(read));
    }

    /// <summary>A group that no slot is using.</summary>
    public OperationGroup TakeGroup() => _groups.Take();

    /// <summary>Decodes a frame with a decoder that no other thread is using: as many as there are threads are enough.</summary>
    public void Decode(PatchSource patch, PatchItem item, ReadOnlySpan<byte> prefix, Span<byte> raw)
    {
        FrameDecoder? decoder = null;
        lock (_decoders)
        {
            if (_decoded != patch)
            {
                _decoded = patch;
                _decoders.Clear();
            }

            _decoders.TryPop(out decoder);
        }

        decoder ??= patch.CreateDecoder();
        decoder.Decode(item.Frame, item.Stored.AsSpan(0, item.Frame.StoredLength), item.Pieces, prefix, item.FramePosition, raw);
        lock (_decoders)
        {
            if (_decoded == patch)
            {
                _decoders.Push(decoder);
            }
        }
    }

    public void Dispose() => _items.ForEach(item => item.Dispose());
}
