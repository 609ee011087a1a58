using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>What version 1.1 of Format.md says more exactly than 1.0 did.</summary>
internal static class NewerVectors
{
    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ForeignKey,
        "frame_size in a data request of version 1.2: it belongs to a data file.")]
    public static MessageForge Key_of_another_kind_in_1_2() => Change(HeaderVectors.Frame_size_in_dtr(), forge => forge.Minor = 2);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ForeignKey,
        "The trailer key root in a checksum request of version 1.1.")]
    public static MessageForge Trailer_key_of_another_kind_in_1_1() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Trailer.Insert("root", [0xC4, 16, .. new byte[16]], "16 bytes");
        }).At("trailer.root=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ForeignKey, "The trailer key base_root beside bases, in version 1.1.")]
    public static MessageForge Bases_with_base_root_in_1_1() => Change(BasesVectors.Bases_with_base_root(), forge => forge.Minor = 1);

    [Accepted(MessageKind.DataRequest, Rule.NewerMinor, "A key that no kind has is skipped, in version 1.2.")]
    public static MessageForge Dtr_minor_2_unknown_key() => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Minor = 2;
            forge.Header.Insert("frame_sizes", [0x01], "1");
        });

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "From the last block that there can be to the end.")]
    public static MessageForge Ckr_open_ended_from_the_last() => Change(
        Samples.ChecksumRequest(), forge =>
            forge.Header.Insert("ranges", Hex.Bytes("92 CF 3F FF FF FF FF FF FF FF 00"), "from 2^62 - 1 on"));

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeBounds, "From block 2^62 to the end: there is no such block.")]
    public static MessageForge Range_open_ended_too_far()
    {
        MessageForge forge = Samples.ChecksumRequest();
        forge.Header.Insert("ranges", [0x92], "an array");
        forge.Header.InsertValuePart("ranges", Hex.Bytes("CF 40 00 00 00 00 00 00 00 00"), "from 2^62 on");
        return forge.At("header.ranges=2");
    }

    [Refused(MessageKind.DataRequest, FormatError.Unsupported, Rule.NewerValue, "New kind 5, in version 1.1.", Field = "kinds")]
    public static MessageForge New_kind_5_in_1_1() => Kinds(0x35);

    [Refused(MessageKind.DataRequest, FormatError.Unsupported, Rule.NewerValue, "Old kind 6, in version 1.1.", Field = "kinds")]
    public static MessageForge Old_kind_6_in_1_1() => Kinds(0x62);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The third part begins at group 2: each part before it has one.")]
    public static MessageForge Set_part_3_from_group_2() => SetVectors.Part(Samples.DataFile(), 3, 3, 2, 1);

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "The third part begins at group 1, and two parts come before it.")]
    public static MessageForge Set_part_3_from_group_1() => SetVectors.Part(Samples.DataFile(), 3, 3, 1, 1).At("header.set=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "Groups that end behind 2^62.")]
    public static MessageForge Set_groups_too_far() => SetVectors.Part(Samples.DataFile(), 2, 3, 1UL << 62, 1).At("header.set=");

    [Accepted(MessageKind.DataFile, Rule.DataFile,
        "An LZ4 block whose last match begins 12 bytes before the end of the content, and ends 5 before it.")]
    public static MessageForge Dtf_lz4_last_match() => LZ4("1F 64 01 00 FF ED  1F 65 01 00 E0  03 01 00  50 65 65 65 65 65");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.LZ4Form, "An offset of 0.")]
    public static MessageForge LZ4_offset_0() => LZ4("1F 64 00 00 FF ED  1F 65 01 00 E7  50 65 65 65 65 65").At("s2");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.LZ4Form, "A match that begins 11 bytes before the end of the content.")]
    public static MessageForge LZ4_match_begins_too_late() =>
        LZ4("1F 64 01 00 FF ED  1F 65 01 00 E1  02 01 00  50 65 65 65 65 65").At("s2");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.LZ4Form, "A match that ends 4 bytes before the end of the content.")]
    public static MessageForge LZ4_match_ends_too_late() => LZ4("1F 64 01 00 FF ED  1F 65 01 00 E8  40 65 65 65 65").At("s2");

    private static MessageForge LZ4(string block) =>
        Samples.DataFile(Samples.A, Samples.B, BlockHash.Xxh3, compressed: (FrameCodec.LZ4, Hex.Bytes(block)));

    private static MessageForge Kinds(byte kinds) => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Sections[0].Payload.Add(new("end", [], ""));
            forge.Sections[0].Set("kinds 1", [kinds], $"kinds {kinds:X2}");
        }).At("s1.kinds 1");
}
