using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Frames of Zstandard, which came with version 1.1, and the key for them (Format.md 2.3 and 4.7).</summary>
internal static class ZstdVectors
{
    private const string Key = "!zstd";

    // The frame header of Samples.ContentInZstd: magic number, descriptor (two bytes of content size, single segment), content size; then
    // the header of its only block, of 13 bytes.
    private const int DescriptorAt = 4;
    private const int ContentSizeAt = 5;
    private const int BlockAt = 7;

    // 512 times 'b', as the reference tool gave it at level 3.
    private static readonly byte[] LiteralInZstd = Hex.Bytes("28 B5 2F FD 60 00 01  4D 00 00 10 62 62 01 00 FB 2A C0 02");

    private static byte[] Content => [.. Samples.ContentInZstd];

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Content as a Zstandard frame: version 1.1, and a key that 1.0 refuses.")]
    public static MessageForge Dtf_zstd() => Zstd(Content);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The key, and no frame that makes use of it.")]
    public static MessageForge Dtf_zstd_unused() => Samples.DataFile(Samples.A, Samples.B, BlockHash.Xxh3, allowsZstd: true);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Three blocks, one of each kind: stored, one byte over and over, compressed.")]
    public static MessageForge Dtf_zstd_of_three_blocks() => Zstd(
    [
        .. Content[..BlockAt],
        .. Hex.Bytes("10 00 00  64 64"), // stored, 2 bytes
        .. Hex.Bytes("F2 0F 00  64"), // 510 times one byte
        .. Hex.Bytes("4D 00 00  10 65 65 01 00 7B 0A 60 01"), // compressed, the last one: 256 times 'e'
    ]);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A content size in eight bytes, where two would do.")]
    public static MessageForge Dtf_zstd_long_content_size() =>
        Zstd([.. Content[..DescriptorAt], 0xE0, 0, 3, 0, 0, 0, 0, 0, 0, .. Content[BlockAt..]]);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A frame with repeats whose literals are a Zstandard frame.")]
    public static MessageForge Dtf_repeats_zstd() => Change(
        Literals(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert(Key, [1], "1");
        });

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.UnknownKey, "The key !zstd in version 1.0.")]
    public static MessageForge Zstd_key_in_1_0() => Change(Dtf_zstd_unused(), forge => forge.Minor = 0).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.ZstdNamed, "The key with 0: it must be left out then.", Field = Key)]
    public static MessageForge Zstd_key_0() => Change(Dtf_zstd_unused(), forge => forge.Header.Set(Key, 0)).At($"header.{Key}=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ForeignKey, "The key in a data request of version 1.1.")]
    public static MessageForge Zstd_key_in_dtr() => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert(Key, [1], "1");
        }).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Unsupported, Rule.ZstdNamed, "A Zstandard frame without the key, in version 1.1.")]
    public static MessageForge Zstd_without_key() => Change(Dtf_zstd(), forge => forge.Header.Remove(Key)).At("s2.codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.ZstdNamed, "Literals that are a Zstandard frame, without the key.")]
    public static MessageForge Repeats_zstd_without_key() => Change(Literals(), forge => forge.Minor = 1).At("s3.literal codec");

    [Refused(MessageKind.DataRequest, FormatError.Unsupported, Rule.CodecOfContentOnly, "Operations that claim to be a Zstandard frame.")]
    public static MessageForge Codec_of_operations_zstd() => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Sections[0].Codec = (byte)FrameCodec.Zstd;
            forge.Sections[0].RawLength = 1000;
        }).At("s1.codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.CodecOfContentOnly, "Operations that claim to be a frame, beside the key.")]
    public static MessageForge Codec_of_operations_beside_key() => Change(
        Dtf_zstd(),
        forge =>
        {
            forge.Sections[0].Codec = (byte)FrameCodec.Zstd;
            forge.Sections[0].RawLength = 1000;
        }).At("s1.codec");

    [Refused(MessageKind.DataFile, FormatError.Unsupported, Rule.NewerValue, "A codec that nobody knows, beside the key.", Field = "codec")]
    public static MessageForge Codec_unknown_beside_key() => Change(Dtf_zstd(), forge => forge.Sections[1].Codec = 250).At("s2.codec");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A block of more bytes than the frame has: 769 times one byte.")]
    public static MessageForge Zstd_large_block() => Damaged([.. Content[..BlockAt], .. Hex.Bytes("0B 18 00 64")]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A byte behind the frame.")]
    public static MessageForge Zstd_byte_behind() => Damaged([.. Content, 0]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "Two frames, the second of which has no content.")]
    public static MessageForge Zstd_two_frames() => Damaged([.. Content, .. Hex.Bytes("28 B5 2F FD 20 00 01 00 00")]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A skippable frame before the frame.")]
    public static MessageForge Zstd_skippable_frame() => Damaged([.. Hex.Bytes("50 2A 4D 18 01 00 00 00 00"), .. Content]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A frame that is cut short.")]
    public static MessageForge Zstd_cut() => Damaged(Content[..^1]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "No block is the last one.")]
    public static MessageForge Zstd_without_last_block() => Damaged(With(BlockAt, 0x6C));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A block of the kind that is reserved.")]
    public static MessageForge Zstd_reserved_block() => Damaged(With(BlockAt, 0x6F));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "Another magic number.")]
    public static MessageForge Zstd_magic() => Damaged(With(0, 0x27));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "Content of a byte less than the frame says: 767 of 768.")]
    public static MessageForge Zstd_too_short() => Damaged([.. Content[..BlockAt], .. Hex.Bytes("FA 17 00 64 01 00 00")]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A content size that is not the raw length.")]
    public static MessageForge Zstd_other_content_size() => Damaged(With(ContentSizeAt, 1));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A window of its own in place of a single segment.")]
    public static MessageForge Zstd_window() =>
        Damaged([.. Content[..DescriptorAt], 0x40, 0x00, .. Content[ContentSizeAt..]]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A window, and no content size.")]
    public static MessageForge Zstd_without_content_size() => Damaged([.. Content[..DescriptorAt], 0x00, 0x00, .. Content[BlockAt..]]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A checksum behind the blocks.")]
    public static MessageForge Zstd_checksum() => Damaged([.. With(DescriptorAt, 0x64), .. Hex.Bytes("00 00 00 00")]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "The number of a dictionary, which is 0.")]
    public static MessageForge Zstd_dictionary() => Damaged([.. Content[..DescriptorAt], 0x61, 0, .. Content[ContentSizeAt..]]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "The unused bit of the descriptor is set.")]
    public static MessageForge Zstd_unused_bit() => Damaged(With(DescriptorAt, 0x70));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "The reserved bit of the descriptor is set.")]
    public static MessageForge Zstd_reserved_bit() => Damaged(With(DescriptorAt, 0x68));

    private static MessageForge Zstd(byte[] stored) =>
        Samples.DataFile(Samples.A, Samples.B, BlockHash.Xxh3, compressed: (FrameCodec.Zstd, stored), allowsZstd: true);

    private static MessageForge Damaged(byte[] stored) => Zstd(stored).At("s2");

    private static byte[] With(int at, byte value)
    {
        byte[] changed = Content;
        changed[at] = value;
        return changed;
    }

    // The data file with repeats whose second frame has 512 times 'b' as its literals; the header says nothing of Zstandard.
    private static MessageForge Literals() => Change(
        RepeatVectors.Dtf_repeats(),
        forge =>
        {
            forge.Sections[2].Set("literal codec", [(byte)FrameCodec.Zstd], "literals: codec 4");
            forge.Sections[2].Set("literals", LiteralInZstd, "512 times 'b'");
        });
}
