using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Frames over old content, which came with version 1.1, and the key for them (Format.md 2.3 and 4.8). What they decode to is shown by the
/// vectors of applying.
/// </summary>
internal static class PrefixVectors
{
    private const string Key = "!prefix";

    // In Samples.ContentInZstd, behind the magic number.
    private const int DescriptorAt = 4;

    // It refers to nothing of the prefix, which is A's block 2.
    private static byte[] Content => [.. Samples.ContentInZstd];

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A frame over the old content of its blocks, of which A has one: version 1.1.")]
    public static MessageForge Dtf_prefix() => Over(Content);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The key, and no frame that makes use of it.")]
    public static MessageForge Dtf_prefix_unused() => WithKey(Samples.DataFile());

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Beside the key for Zstandard, in a part of a set.")]
    public static MessageForge Dtf_prefix_in_set() => Change(
        WithKey(SetVectors.Set_part_2_of_3()),
        forge => forge.Header.Insert("!zstd", [1], "1"));

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.UnknownKey, "The key !prefix in version 1.0.")]
    public static MessageForge Prefix_key_in_1_0() => Change(Dtf_prefix_unused(), forge => forge.Minor = 0).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.PrefixNamed, "The key with 0: it must be left out then.", Field = Key)]
    public static MessageForge Prefix_key_0() => Change(Dtf_prefix_unused(), forge => forge.Header.Set(Key, 0)).At($"header.{Key}=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ForeignKey, "The key !prefix in a data request of version 1.1.")]
    public static MessageForge Prefix_key_in_dtr() => WithKey(Samples.DataRequest()).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.PrefixAlone, "A data file that can be applied as it arrives.", Field = Key)]
    public static MessageForge Prefix_with_forward() => WithKey(ForwardVectors.Dtf_forward()).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.PrefixAlone, "A data file for two remotes.", Field = Key)]
    public static MessageForge Prefix_with_bases() => WithKey(BasesVectors.Dtf_bases()).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.PrefixWholeBlocks, "Blocks that are larger than a frame.", Field = Key)]
    public static MessageForge Prefix_of_large_blocks() => Change(
        Dtf_prefix_unused(),
        forge => forge.Header.Set("block_size", 2 * FormatLimits.MinFrameSize)).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Unsupported, Rule.PrefixNamed, "A frame over old content without the key, in 1.1.")]
    public static MessageForge Prefix_without_key() => Change(
        Dtf_prefix(),
        forge =>
        {
            forge.Header.Remove(Key);
            forge.Header.Insert("!zstd", [1], "1");
        }).At("s2.codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.PrefixNamed, "A frame over old content in version 1.0.")]
    public static MessageForge Prefix_in_1_0() => Change(
        Dtf_prefix(),
        forge =>
        {
            forge.Minor = 0;
            forge.Header.Remove(Key);
        }).At("s2.codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.CodecOfContentOnly, "Operations over old content.")]
    public static MessageForge Codec_of_operations_prefix() => Change(
        Dtf_prefix(),
        forge =>
        {
            forge.Sections[0].Codec = (byte)FrameCodec.Prefix;
            forge.Sections[0].RawLength = 1000;
        }).At("s1.codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatCodec, "Literals that claim to be a frame over old content.")]
    public static MessageForge Repeats_codec_prefix() => Change(
        WithKey(RepeatVectors.Dtf_repeats()),
        forge => forge.Sections[2].Set("literal codec", [(byte)FrameCodec.Prefix], "literals: codec 5")).At("s3.literal codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatOfPrefix, "A frame with repeats of a frame over old content.")]
    public static MessageForge Repeats_of_prefix() => Change(
        WithKey(RepeatVectors.Dtf_repeats()),
        forge =>
        {
            // 65,536 times 'a': one block, one byte over and over. Nothing of it needs old content; A has none.
            forge.Sections[1].Codec = (byte)FrameCodec.Prefix;
            forge.Sections[1].Payload = [new Chunk("content", Hex.Bytes("28 B5 2F FD A0 00 00 01 00  03 00 08  61"), "65,536 times 'a'")];
        }).At("s3");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A frame over old content with a window of its own.")]
    public static MessageForge Prefix_window() =>
        Over([.. Content[..DescriptorAt], 0x40, 0x00, .. Content[(DescriptorAt + 1)..]]).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ZstdForm, "A frame over old content that names its dictionary.")]
    public static MessageForge Prefix_dictionary() =>
        Over([.. Content[..DescriptorAt], 0x61, 0, .. Content[(DescriptorAt + 1)..]]).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A byte behind the frame over old content.")]
    public static MessageForge Prefix_byte_behind() => Over([.. Content, 0]).At("s2");

    private static MessageForge Over(byte[] stored) => WithKey(Change(
        Samples.DataFile(),
        forge =>
        {
            forge.Sections[1].Codec = (byte)FrameCodec.Prefix;
            forge.Sections[1].RawLength = 768;
            forge.Sections[1].Payload = [new Chunk("content", stored, "content")];
        }));

    private static MessageForge WithKey(MessageForge message) => Change(
        message,
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert(Key, [1], "1");
        });
}
