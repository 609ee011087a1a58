namespace BinarySync.Format;

/// <summary>The limits of Format.md 11. A reader checks them before it allocates.</summary>
public static class FormatLimits
{
    /// <summary>Largest size of a target in bytes. Leaves room to round up to a block without overflow.</summary>
    public const long MaxSize = 1L << 62;

    public const int MinBlockSize = 512;
    public const int MaxBlockSize = 64 << 20;
    public const int DefaultBlockSize = 4096;

    public const int MinFrameSize = 64 << 10;
    public const int MaxFrameSize = 4 << 20;
    public const int DefaultFrameSize = 1 << 20;

    public const int MaxHeaderLength = 4 << 20;
    public const int MaxSectionLength = 4 << 20;
    public const int MaxRanges = 65_536;

    /// <summary>Most old contents that a merged message serves (Format.md 4.4).</summary>
    public const int MaxBases = 4_096;

    /// <summary>Most parts of a set (Format.md 4.5).</summary>
    public const int MaxParts = 65_535;

    /// <summary>Most copy operations in a message (Format.md 7): ordering them needs all of them in memory.</summary>
    public const int MaxCopies = 262_144;

    /// <summary>Bytes of the digest of a message.</summary>
    public const int DigestLength = 16;
    public const int MaxLabelBytes = 1024;

    /// <summary>Data is cut into sections at multiples of this many blocks (Format.md 6).</summary>
    public const int ChecksumWindowBlocks = 32_768;

    /// <summary>The three bounds of a group (Format.md 7).</summary>
    public const int MaxGroupContentBytes = 8 << 20;

    public const int MaxGroupHashBytes = 1 << 20;
    public const int MaxGroupOperations = 32_768;

    /// <summary>The most frames that one frame may refer to, and how many frames back they may lie (Format.md 8.1).</summary>
    public const int MaxRepeatedFrames = 16;

    public const int MaxRepeatDistance = 131_072;

    /// <summary>Bytes of the shortest repeat (Format.md 8.1).</summary>
    public const int MinRepeatLength = 512;

    /// <summary>
    /// Decoding earlier frames once more, for repeats, is work that a few bytes can ask for. So every message may ask for this much, and
    /// for so much more with each byte that has been read of it. Bytes of content. A frame of up to 2 MiB that the writer makes refers to
    /// 16 others at most, and takes at least 127 bytes of the message then: 264,208 for each byte.
    /// </summary>
    public const long MinRepeatWork = 1L << 30;

    /// <summary>See <see cref="MinRepeatWork"/>.</summary>
    public const long RepeatWorkPerByte = 300_000;

    /// <summary>True for a block size that the format allows: a power of two from 512 B to 64 MiB.</summary>
    public static bool IsBlockSize(long value) => value is >= MinBlockSize and <= MaxBlockSize && long.IsPow2(value);

    /// <summary>True for a frame size that the format allows: a power of two from 64 KiB to 4 MiB.</summary>
    public static bool IsFrameSize(long value) => value is >= MinFrameSize and <= MaxFrameSize && long.IsPow2(value);
}
