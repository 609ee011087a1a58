namespace BinarySync.Format;

/// <summary>How a section's payload is stored (Format.md 2.3).</summary>
public enum FrameCodec : byte
{
    None = 0,
    LZ4 = 1,
    Brotli = 2,

    /// <summary>Literal bytes, and bytes of earlier frames of the message (Format.md 8.1).</summary>
    Repeats = 3,

    /// <summary>A Zstandard frame; only in a message whose header allows it (<see cref="DataFileHeader.AllowsZstd"/>).</summary>
    Zstd = 4,

    /// <summary>
    /// A Zstandard frame over the old content of its own blocks; only in a message whose header allows it
    /// (<see cref="DataFileHeader.AllowsPrefix"/>).
    /// </summary>
    Prefix = 5,
}
