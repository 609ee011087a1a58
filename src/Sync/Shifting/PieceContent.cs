using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Shifting;

/// <summary>What a stretch of B is read for: each has its own buffer, so that they do not drive out one another.</summary>
internal enum ContentUse
{
    /// <summary>The bytes that leave the window when it moves; of small blocks, also those that enter it.</summary>
    Leaving,

    /// <summary>The bytes that enter it.</summary>
    Entering,

    /// <summary>A window itself.</summary>
    Window,
}

/// <summary>
/// The content of a piece. A piece of small blocks is read at once. Of a longer one, only as much is in memory as is needed: it is read
/// again for another use. Never reads outside the piece. Not safe from several threads.
/// </summary>
internal sealed class PieceContent(IReadableStorage master, BlockGeometry geometry, BufferPool buffers)
{
    /// <summary>The most bytes of a stretch.</summary>
    public const int MostLength = 1 << 20;

    /// <summary>The largest block of which a window, and the bytes behind it, are one stretch.</summary>
    public const int LargestNear = 1 << 18;

    // A piece of the smallest length, with a block on both sides.
    private const int BufferLength = MostLength + (2 * LargestNear);

    private readonly Loaded[] _loaded = new Loaded[3];
    private long _from;
    private long _end;

    /// <summary>Bytes read so far.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Begins a piece.</summary>
    public void Begin(long from, long end)
    {
        (_from, _end) = (from, end);
        foreach (ref Loaded loaded in _loaded.AsSpan())
        {
            (loaded.From, loaded.End) = (0, 0);
        }
    }

    /// <summary>Gives the buffers back.</summary>
    public void Finish()
    {
        foreach (ref Loaded loaded in _loaded.AsSpan())
        {
            buffers.Give(ref loaded.Buffer);
        }
    }

    /// <summary>
    /// A stretch of the piece. Valid until another one is taken for the same use; one of bytes that enter may be in the buffer of those
    /// that leave, and a window in any.
    /// </summary>
    /// <param name="use">What for.</param>
    /// <param name="offset">Inside the piece.</param>
    /// <param name="length">At most <see cref="MostLength"/>, or a window of <see cref="LargestNear"/> more.</param>
    /// <param name="isBackwards">True if the next stretch is the one before.</param>
    public ReadOnlySpan<byte> Get(ContentUse use, long offset, int length, bool isBackwards = false)
    {
        // Not in the buffers of later uses: they are filled again while this stretch is in use.
        foreach (ref Loaded loaded in _loaded.AsSpan(0, (int)use + 1))
        {
            if (loaded.From <= offset && offset + length <= loaded.End)
            {
                return loaded.Buffer.AsSpan((int)(offset - loaded.From), length);
            }
        }

        ref Loaded own = ref _loaded[(int)use];
        if (_end - _from <= BufferLength)
        {
            (own.From, own.End) = (_from, _end);
        }
        else
        {
            // Windows are taken one after the other: half a window at the end would be read for nothing.
            int most = use == ContentUse.Window ? BufferLength / length * length : BufferLength;
            own.From = isBackwards ? Math.Max(_from, offset + length - most) : offset;
            own.End = isBackwards ? offset + length : Math.Min(_end, offset + most);
        }

        own.Buffer ??= buffers.Take(BufferLength);
        Span<byte> bytes = own.Buffer.AsSpan(0, (int)(own.End - own.From));
        UnreadableBlocks.Read(master, bytes, own.From, geometry);
        ReadBytes += bytes.Length;
        return own.Buffer.AsSpan((int)(offset - own.From), length);
    }

    private struct Loaded
    {
        public byte[]? Buffer;
        public long From;
        public long End;
    }
}
