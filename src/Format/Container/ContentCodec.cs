using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using K4os.Compression.LZ4;

namespace BinarySync.Format;

/// <summary>
/// The registry of codecs that need only a frame's own bytes (Format.md 2.3): the only place that knows their names, numbers and levels.
/// Safe from several threads at once. <see cref="FrameCodec.Repeats"/> and <see cref="FrameCodec.Prefix"/> are not among them: see
/// <see cref="FrameDecoder"/>.
/// </summary>
public abstract class ContentCodec
{
    public static readonly ContentCodec None = new Stored();

    public static readonly ContentCodec LZ4 = new LZ4Blocks();

    public static readonly ContentCodec Brotli = new BrotliStreams();

    public static readonly ContentCodec Zstd = new ZstdFrames();

    /// <summary>All of them, in the order in which they are offered.</summary>
    public static IReadOnlyList<ContentCodec> All => _all;

    private static readonly ContentCodec[] _all = [None, LZ4, Zstd, Brotli];

    private ContentCodec(FrameCodec number, string name, int mostLevel = 0, int defaultLevel = 0, int thoroughFrom = int.MaxValue)
    {
        Number = number;
        Name = name;
        MostLevel = mostLevel;
        DefaultLevel = defaultLevel;
        ThoroughFrom = thoroughFrom;
    }

    /// <summary>The number in section headers.</summary>
    public FrameCodec Number { get; }

    /// <summary>The name on the command line.</summary>
    public string Name { get; }

    /// <summary>The levels are 1 to this; 0: it has no levels.</summary>
    public int MostLevel { get; }

    /// <summary>The level of the name alone.</summary>
    public int DefaultLevel { get; }

    /// <summary>From this level on, a check beforehand costs a fraction of the encoder's time.</summary>
    public int ThoroughFrom { get; }

    /// <summary>The codec with this name, or null.</summary>
    public static ContentCodec? Find(string name) => All.FirstOrDefault(codec => codec.Name == name);

    /// <summary>The codec with this number, or null.</summary>
    public static ContentCodec? Find(FrameCodec number)
    {
        foreach (ContentCodec codec in _all)
        {
            if (codec.Number == number)
            {
                return codec;
            }
        }

        return null;
    }

    /// <summary>The first minor version of the format that has it.</summary>
    public virtual byte SinceMinor => 0;

    /// <summary>Whether sections of a type may use it.</summary>
    public virtual bool MayBeIn(SectionType type) => type is SectionType.Content;

    /// <summary>The frame size in bytes with which it makes the smallest file in the allowed memory.</summary>
    public virtual int FrameSizeAt(int level) => FormatLimits.DefaultFrameSize;

    /// <summary>Compresses one frame.</summary>
    /// <param name="raw">1 byte to 4 MiB.</param>
    /// <param name="destination">A result that does not fit is not written.</param>
    /// <returns>Bytes written; 0 if it does not fit.</returns>
    public abstract int Compress(ReadOnlySpan<byte> raw, Span<byte> destination, int level);

    /// <summary>Decompresses one frame, strictly: all input is used and exactly the promised bytes come out.</summary>
    /// <returns>False if the stored bytes are not a frame of that length.</returns>
    public abstract bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw);

    private sealed class Stored() : ContentCodec(FrameCodec.None, "none")
    {
        public override bool MayBeIn(SectionType type) => true;

        public override int Compress(ReadOnlySpan<byte> raw, Span<byte> destination, int level) => 0;

        public override bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw)
        {
            if (stored.Length != raw.Length)
            {
                return false;
            }

            stored.CopyTo(raw);
            return true;
        }
    }

    // Level 1 is the fast encoder, 3 to 12 the high-compression one (2 is taken as 1). It never looks back further than 64 KiB.
    private sealed class LZ4Blocks() : ContentCodec(FrameCodec.LZ4, "lz4", mostLevel: 12, defaultLevel: 1, thoroughFrom: 3)
    {
        public override int Compress(ReadOnlySpan<byte> raw, Span<byte> destination, int level) =>
            Math.Max(LZ4Codec.Encode(raw, destination, level < 3 ? LZ4Level.L00_FAST : (LZ4Level)level), 0);

        public override bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw) =>
            LZ4Rules.Hold(stored, raw.Length) && LZ4Codec.Decode(stored, raw) == raw.Length;
    }

    // Levels 1 and 2 take about the time of LZ4. Encoders above 19 would need more memory than all the rest.
    private sealed class ZstdFrames() : ContentCodec(FrameCodec.Zstd, "zstd", mostLevel: 19, defaultLevel: 3, thoroughFrom: 6)
    {
        public override byte SinceMinor => 1;

        // From level 4 on a larger frame is worth its memory; from level 9 on the encoder needs the memory for its tables.
        public override int FrameSizeAt(int level) =>
            level is >= 4 and <= 8 ? 2 * FormatLimits.DefaultFrameSize : FormatLimits.DefaultFrameSize;

        public override int Compress(ReadOnlySpan<byte> raw, Span<byte> destination, int level) =>
            ZstdFrame.Compress(raw, destination, level);

        public override bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw) => ZstdFrame.TryDecompress(stored, raw);
    }

    private sealed class BrotliStreams() : ContentCodec(FrameCodec.Brotli, "brotli", mostLevel: 11, defaultLevel: 5, thoroughFrom: 4)
    {
        public override bool MayBeIn(SectionType type) => type is SectionType.Content or SectionType.Operations;

        // From level 4 on it looks back further than a mebibyte; from level 7 on it needs the memory for itself.
        public override int FrameSizeAt(int level) =>
            level is >= 4 and <= 6 ? 2 * FormatLimits.DefaultFrameSize : FormatLimits.DefaultFrameSize;

        public override int Compress(ReadOnlySpan<byte> raw, Span<byte> destination, int level) =>
            BrotliEncoder.TryCompress(raw, destination, out int length, level, WindowBits(raw.Length)) ? length : 0;

        public override bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw)
        {
            using BrotliDecoder decoder = default;
            return decoder.Decompress(stored, raw, out int consumed, out int written) == OperationStatus.Done
                && consumed == stored.Length
                && written == raw.Length;
        }

        // RFC 7932, without its large-window extension: 10 to 24 bits. A window larger than the frame would waste memory.
        private static int WindowBits(int length) => Math.Clamp(BitOperations.Log2((uint)(length - 1 | 1)) + 1, 10, 24);
    }
}
