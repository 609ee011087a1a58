using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Messages whose header is wrong (Format.md 3 and 4).</summary>
internal static class HeaderVectors
{
    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Map, "The header is an array.")]
    public static MessageForge Header_is_array() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.CountBytes = [0x94]).At("header map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Shortest, "A map of 2 as map 16.")]
    public static MessageForge Header_map_16() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.CountBytes = Hex.Bytes("DE 00 02")).At("header map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueLength, "The map promises more keys than there are bytes.")]
    public static MessageForge Header_map_too_many() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.CountBytes = [0x83]).At("header after");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueLength, "The map promises 2^32 - 1 keys.")]
    public static MessageForge Header_map_huge() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.CountBytes = Hex.Bytes("DF FF FF FF FF")).At("header map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.AfterMap, "A byte follows the map.")]
    public static MessageForge Header_byte_after_map() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.After = [0xC0]).At("header after");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.KeyOrder, "hash before block_size.")]
    public static MessageForge Keys_out_of_order() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.Swap("block_size", "hash")).At("header.block_size");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.KeyOrder, "hash twice.")]
    public static MessageForge Key_twice() => Change(Samples.ChecksumRequest(), forge =>
        {
            forge.Header.Append("hash again", forge.Header.ValueOf("hash"), "xxh3");
            forge.Header.SetKeyBytes("hash again", Hex.Bytes("A4 68 61 73 68"));
        }).At("header.hash again");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.KeyOrder, "Unknown keys of a newer minor version must ascend too.")]
    public static MessageForge Unknown_keys_out_of_order() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Append("zone", [1], "1");
            forge.Header.Append("zeal", [1], "1");
        }).At("header.zeal");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueType, "A key that is an integer.")]
    public static MessageForge Key_is_integer() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.SetKeyBytes("hash", [7])).At("header.hash");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Shortest, "A key of 4 bytes as str 8.")]
    public static MessageForge Key_not_shortest() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.SetKeyBytes("hash", Hex.Bytes("D9 04 68 61 73 68"))).At("header.hash");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Utf8, "A key that is not UTF-8.")]
    public static MessageForge Key_not_utf8() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Append("zeal", [1], "1");
            forge.Header.SetKeyBytes("zeal", Hex.Bytes("A2 C3 28"));
        }).At("header.zeal");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.UnknownKey, "The key color in version 1.0.")]
    public static MessageForge Key_unknown() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.Insert("color", [1], "1")).At("header.color=");

    [Refused(
        MessageKind.ChecksumRequest, FormatError.Unsupported, Rule.RequiredKey, "The key !sealed in minor version 1.", Field = "!sealed")]
    public static MessageForge Key_required() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert("!sealed", [1], "1");
        }).At("header.!sealed=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Depth, "A skipped value in 17 arrays.")]
    public static MessageForge Skipped_too_deep() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert("color", [.. Enumerable.Repeat((byte)0x91, 17)], "17 arrays");
            forge.Header.InsertValuePart("color", [0xC0], "nil");
        }).At("header.color=2");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueLength, "A skipped array promises 2^32 - 1 elements.")]
    public static MessageForge Skipped_array_huge() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Append("zeal", Hex.Bytes("DD FF FF FF FF"), "an array");
        }).At("header after");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueType, "A skipped value is C1, which MessagePack does not have.")]
    public static MessageForge Skipped_not_messagepack() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Append("zeal", [0xC1], "no value");
        }).At("header.zeal=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Shortest, "block_size 512 as uint 32.")]
    public static MessageForge Integer_not_shortest() => Value(Samples.ChecksumFile(), "block_size", "CE 00 00 02 00");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Shortest, "hash as str 8.")]
    public static MessageForge String_not_shortest() => Value(Samples.ChecksumFile(), "hash", "D9 04 78 78 68 33");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.ValueType, "size is a signed integer.")]
    public static MessageForge Integer_signed() => Value(Samples.ChecksumFile(), "size", "D1 07 00");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.ValueType, "size is a string.")]
    public static MessageForge Integer_is_string() => Value(Samples.ChecksumFile(), "size", "A4 31 37 39 32");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.ValueType, "hash is a byte string.")]
    public static MessageForge String_is_bytes() => Value(Samples.ChecksumFile(), "hash", "C4 04 78 78 68 33");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueLength, "A label that goes past the end of the header.")]
    public static MessageForge String_too_long() => Change(
        Samples.ChecksumRequest(), forge =>
            forge.Header.Append("label", Hex.Bytes("DB FF FF FF FF"), "a label of 4 GiB")).At("header.label=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Utf8, "A label that is not UTF-8.")]
    public static MessageForge Label_not_utf8() => Label(Hex.Bytes("A2 C3 28"));

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Label, "An empty label.")]
    public static MessageForge Label_empty() => Label([0xA0]);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Label, "A label of 1,025 bytes.")]
    public static MessageForge Label_too_long() => Label([0xDA, 0x04, 0x01, .. Enumerable.Repeat((byte)'x', 1025)]);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Label, "A label with an escape character.")]
    public static MessageForge Label_control() => Label(Hex.Bytes("A4 1B 5B 32 4A"));

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Label, "A label with U+009B, an escape sequence in one character.")]
    public static MessageForge Label_control_c1() => Label(Hex.Bytes("A4 C2 9B 32 4A"));

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RequiredKeys, "block_size is missing.")]
    public static MessageForge Missing_block_size() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.Remove("block_size")).At("header map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RequiredKeys, "hash is missing.")]
    public static MessageForge Missing_hash() => Change(Samples.ChecksumRequest(), forge => forge.Header.Remove("hash")).At("header map");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RequiredKeys, "size is missing.")]
    public static MessageForge Missing_size() => Change(Samples.ChecksumFile(), forge => forge.Header.Remove("size")).At("header map");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.RequiredKeys, "base_size is missing, and bases too.")]
    public static MessageForge Missing_base_size() =>
        Change(Samples.DataRequest(), forge => forge.Header.Remove("base_size")).At("header map");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.RequiredKeys, "target_size is missing.")]
    public static MessageForge Missing_target_size() =>
        Change(Samples.DataRequest(), forge => forge.Header.Remove("target_size")).At("header map");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RequiredKeys, "frame_size is missing.")]
    public static MessageForge Missing_frame_size() =>
        Change(Samples.DataFile(), forge => forge.Header.Remove("frame_size")).At("header map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.KeysOfKind, "A checksum request with a size.")]
    public static MessageForge Size_in_ckr() => Foreign(Samples.ChecksumRequest(), "size");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.KeysOfKind, "A checksum file with target_size.")]
    public static MessageForge Target_size_in_ckf() => Foreign(Samples.ChecksumFile(), "target_size");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.KeysOfKind, "A data request with frame_size.")]
    public static MessageForge Frame_size_in_dtr() => Foreign(Samples.DataRequest(), "frame_size");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.KeysOfKind, "A data request with set.")]
    public static MessageForge Set_in_dtr() => Foreign(Samples.DataRequest(), "set");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.KeysOfKind, "A checksum file with bases.")]
    public static MessageForge Bases_in_ckf() => Foreign(Samples.ChecksumFile(), "bases");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.BlockSize, "block_size 256.")]
    public static MessageForge Block_size_256() => Value(Samples.ChecksumRequest(), "block_size", "CD 01 00");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.BlockSize, "block_size 513.")]
    public static MessageForge Block_size_513() => Value(Samples.ChecksumRequest(), "block_size", "CD 02 01");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.BlockSize, "block_size 0.")]
    public static MessageForge Block_size_0() => Value(Samples.ChecksumRequest(), "block_size", "00");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.BlockSize, "block_size 128 MiB.")]
    public static MessageForge Block_size_128_mib() => Value(Samples.ChecksumRequest(), "block_size", "CE 08 00 00 00");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.BlockSize, "block_size 2^63.")]
    public static MessageForge Block_size_2_63() => Value(Samples.ChecksumRequest(), "block_size", "CF 80 00 00 00 00 00 00 00");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameSize, "frame_size 32,768.")]
    public static MessageForge Frame_size_32768() => Value(Samples.DataFile(), "frame_size", "CD 80 00");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameSize, "frame_size 8 MiB.")]
    public static MessageForge Frame_size_8_mib() => Value(Samples.DataFile(), "frame_size", "CE 00 80 00 00");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameSize, "frame_size 100,000.")]
    public static MessageForge Frame_size_100000() => Value(Samples.DataFile(), "frame_size", "CE 00 01 86 A0");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Hash, "hash md5.")]
    public static MessageForge Hash_md5() => Value(Samples.ChecksumRequest(), "hash", "A3 6D 64 35");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Hash, "hash XXH3, in capitals.")]
    public static MessageForge Hash_in_capitals() => Value(Samples.ChecksumRequest(), "hash", "A4 58 58 48 33");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Size, "size 2^62 + 1.")]
    public static MessageForge Size_too_large() => Value(Samples.ChecksumFile(), "size", "CF 40 00 00 00 00 00 00 01");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Size, "base_size 2^64 - 1.")]
    public static MessageForge Base_size_too_large() => Value(Samples.DataRequest(), "base_size", "CF FF FF FF FF FF FF FF FF");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Size, "target_size 2^62 + 1.")]
    public static MessageForge Target_size_too_large() => Value(Samples.DataRequest(), "target_size", "CF 40 00 00 00 00 00 00 01");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangePairs, "An odd number of numbers.")]
    public static MessageForge Ranges_odd() => Ranges(Samples.ChecksumRequest(), "93 01 02 03");

    [Refused(
        MessageKind.ChecksumRequest,
        FormatError.Invalid,
        Rule.RangeCount,
        "An array that promises 524,290 numbers, more than ranges may have and more than there are.")]
    public static MessageForge Ranges_too_many() => Ranges(Samples.ChecksumRequest(), "DD 00 08 00 02 00 01");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RangeEmpty, "A count of 0.")]
    public static MessageForge Range_empty() => Ranges(Samples.ChecksumFile(), "92", "01 00");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeOpenEnd, "A count of 0 in a range that is not the last.")]
    public static MessageForge Range_open_ended_in_the_middle() => Ranges(Samples.ChecksumRequest(), "94", "01 00 05 01");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.RangeOpenEnd, "An open-ended range in a data request.")]
    public static MessageForge Range_open_ended_in_dtr() => Ranges(Samples.DataRequest(), "92", "01 00");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeTouching, "A gap of 0 between two ranges.")]
    public static MessageForge Ranges_touch() => Ranges(Samples.ChecksumRequest(), "94 01 02", "00 03");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeBounds, "A range that ends after block 2^62.")]
    public static MessageForge Range_too_far() => Ranges(Samples.ChecksumRequest(), "92", "CF 40 00 00 00 00 00 00 00 01");

    [Refused(
        MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeBounds, "Gap and end add up to 2^63, which is negative in 64 bits.")]
    public static MessageForge Range_overflows() =>
        Ranges(Samples.ChecksumRequest(), "94 00 CF 40 00 00 00 00 00 00 00", "CF 40 00 00 00 00 00 00 00 01");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeBounds, "A gap of 2^64 - 1.")]
    public static MessageForge Range_gap_huge() => Ranges(Samples.ChecksumRequest(), "92", "CF FF FF FF FF FF FF FF FF 01");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RangeInside, "A range that goes past the last block.")]
    public static MessageForge Range_past_target() => Ranges(Samples.ChecksumFile(), "", "92 02 03");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RangeInside, "A range of a target without blocks.")]
    public static MessageForge Range_of_empty_target() => Ranges(Samples.ChecksumFile([], BlockHash.Xxh3), "", "92 00 01");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.RangeInside, "A range past the larger one of A and B.")]
    public static MessageForge Range_past_both() => Ranges(Samples.DataRequest(), "", "94 01 01 01 02");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RangeWhole, "One range of all blocks.")]
    public static MessageForge Range_is_whole() => Ranges(Samples.ChecksumFile(), "", "92 00 04");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.RangeWhole, "One range of all blocks of the larger one of A and B.")]
    public static MessageForge Range_is_whole_in_dtr() => Ranges(Samples.DataRequest(), "", "92 00 04");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeWhole, "From block 0 to the end.")]
    public static MessageForge Range_is_whole_in_ckr() => Ranges(Samples.ChecksumRequest(), "", "92 00 00");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RangeNone, "A request for nothing.")]
    public static MessageForge Range_none_in_ckr() => Ranges(Samples.ChecksumRequest(), "", "90");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.RangeNone, "A data request that compares nothing.")]
    public static MessageForge Range_none_in_dtr() => Ranges(Samples.DataRequest(), "", "90");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RangeNone, "A data file that compares nothing.")]
    public static MessageForge Range_none_in_dtf() => Ranges(Samples.DataFile(), "", "90");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RangeWhole, "No ranges of a target without blocks: that is the whole.")]
    public static MessageForge Range_none_of_empty_target() => Ranges(Samples.ChecksumFile([], BlockHash.Xxh3), "", "90");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TailWhole, "Ranges that have the first block of a tail of two.")]
    public static MessageForge Range_part_of_tail() =>
        Ranges(Samples.DataRequest(Samples.A, [.. Samples.A, .. Samples.A[..600]], BlockHash.Xxh3), "", "92 02 02");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.TailWhole, "Ranges that have what was cut off, but not the block at the cut.")]
    public static MessageForge Range_part_of_cut_tail() =>
        Ranges(Samples.DataFile(Samples.A, Samples.A[..700], BlockHash.Xxh3), "", "92 02 01");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Shortest, "A range's number as uint 8 below 128.")]
    public static MessageForge Range_not_shortest() => Ranges(Samples.ChecksumRequest(), "92", "CC 01 01");

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "A checksum file that was derived.")]
    public static MessageForge Ckf_derived() => Change(Samples.ChecksumFile(), forge => forge.Header.Insert("derived", [0x01], "1"));

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Derived, "derived 0, where it is left out.")]
    public static MessageForge Derived_0() =>
        Change(Samples.ChecksumFile(), forge => forge.Header.Insert("derived", [0x00], "0")).At("header.derived=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Derived, "derived 2.")]
    public static MessageForge Derived_2() =>
        Change(Samples.ChecksumFile(), forge => forge.Header.Insert("derived", [0x02], "2")).At("header.derived=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Derived, "A data request that was derived.")]
    public static MessageForge Derived_in_dtr() =>
        Change(Samples.DataRequest(), forge => forge.Header.Insert("derived", [0x01], "1")).At("header.derived=");

    private static MessageForge Value(MessageForge forge, string key, string bytes)
    {
        forge.Header.Set(key, Hex.Bytes(bytes), "");
        return forge.At($"header.{key}=");
    }

    private static MessageForge Label(byte[] value) =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.Append("label", value, "label")).At("header.label=");

    private static MessageForge Foreign(MessageForge forge, string key) =>
        Change(forge, _ => forge.Header.Insert(key, Hex.Bytes("CE 00 01 00 00"), "65536")).At($"header.{key}=");

    private static MessageForge Ranges(MessageForge forge, string array) => Ranges(forge, "", array);

    /// <param name="good">The beginning of the array that is right.</param>
    /// <param name="bad">Where the reader stops.</param>
    private static MessageForge Ranges(MessageForge forge, string good, string bad)
    {
        forge.Header.Insert("ranges", Hex.Bytes(good), good.Length == 0 ? "" : "an array");
        forge.Header.InsertValuePart("ranges", Hex.Bytes(bad), "ranges");
        return forge.At("header.ranges=2");
    }
}
