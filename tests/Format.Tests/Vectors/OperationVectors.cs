using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Data requests whose groups are wrong (Format.md 7 and 9.3). The one that is bent has 1: hashed -> zero, 2: hashed -> data, 3: absent
/// -> data, of three blocks of A and three and a half of B.
/// </summary>
internal static class OperationVectors
{
    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.GroupCount, "A group of no operations.")]
    public static MessageForge Group_of_none() => Group(group => group.Set("count", Bits.U32(0), "0 operations"), "s1.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.GroupCount, "A group of 32,769 operations.")]
    public static MessageForge Group_of_too_many() => Group(group => group.Set("count", Bits.U32(32_769), "32769 operations"), "s1.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.GroupCount, "A group of 2^32 - 1 operations.")]
    public static MessageForge Group_of_minus_one() =>
        Group(group => group.Set("count", Bits.U32(uint.MaxValue), "2^32 - 1 operations"), "s1.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.GroupCount, "A group of three bytes has no room for its count.")]
    public static MessageForge Group_too_short() => Group(group => group.Payload = [new("count", new byte[3], "half a count")], "s1.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationComplete, "The group ends inside an operation.")]
    public static MessageForge Operation_cut_short() => Group(
        group =>
        {
            group.Set("count", Bits.U32(4), "4 operations");
            group.Remove("old hash 1", "old hash 2", "new hash 2", "new hash 3");
            group.Payload.Add(new("gap 4", [0x00], "gap 0"));
            group.Payload.Add(new("blocks 4", [0x01], "1 block"));
        }, "s1.gap 4");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.VarintShortest, "A gap in two bytes where one would do.")]
    public static MessageForge Gap_not_shortest() => Group(group => group.Set("gap 1", [0x81, 0x00], "gap 1 in two bytes"), "s1.gap 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.VarintLength, "A number of blocks in ten bytes.")]
    public static MessageForge Blocks_too_long() => Group(
        group => group.Set("blocks 1", Hex.Bytes("81 80 80 80 80 80 80 80 80 01"), "64 bits"), "s1.gap 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationBlocks, "An operation on no blocks.")]
    public static MessageForge Blocks_none() => Group(group => group.Set("blocks 2", [0x00], "0 blocks"), "s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Kinds, "New kind 0.")]
    public static MessageForge New_kind_0() => Group(group => group.Set("kinds 1", [0x30], "kinds 30"), "s1.kinds 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Kinds, "New kind 4.")]
    public static MessageForge New_kind_4() => Group(group => group.Set("kinds 1", [0x34], "kinds 34"), "s1.kinds 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Kinds, "Old kind 0.")]
    public static MessageForge Old_kind_0() => Group(group => group.Set("kinds 1", [0x02], "kinds 02"), "s1.kinds 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Kinds, "Old kind 5.")]
    public static MessageForge Old_kind_5() => Group(group => group.Set("kinds 1", [0x52], "kinds 52"), "s1.kinds 1");

    [Refused(
        MessageKind.DataRequest,
        FormatError.Invalid,
        Rule.BasesElsewhere,
        "Old hashes that stand elsewhere, without bases.",
        Field = "kinds")]
    public static MessageForge Elsewhere_without_bases() => Group(group => group.Set("kinds 2", [0x41], "elsewhere -> data"), "s1.kinds 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.InsideTarget, "An operation that begins after the last block of B.")]
    public static MessageForge Operation_after_target() => Group(group => group.Set("gap 3", [0x01], "gap 1"), "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.InsideTarget, "An operation that ends after the last block of B.")]
    public static MessageForge Operation_past_target() => Group(group => group.Set("blocks 3", [0x02], "2 blocks"), "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.InsideTarget, "2^63 - 1 blocks after a gap of 2^63 - 1.")]
    public static MessageForge Operation_overflows() => Group(
        group =>
        {
            group.Set("gap 3", Bits.Varint(long.MaxValue), "gap 2^63 - 1");
            group.Set("blocks 3", Bits.Varint(long.MaxValue), "2^63 - 1 blocks");
        }, "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.InsideTarget, "An operation on a block that B does not have any more.")]
    public static MessageForge Operation_on_cut_block() => Change(
        Samples.DataRequest(Samples.A, Samples.A[..700], BlockHash.Xxh3), forge =>
            forge.Sections[0].Set("gap 1", [0x02], "operation 1: first block 2")).At("s1.gap 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.InsideCoverage, "An operation on a block between the ranges.")]
    public static MessageForge Operation_outside_ranges() => Change(
        AcceptedVectors.Dtr_ranges_with_tail(), forge =>
            forge.Sections[0].Set("gap 1", [0x00], "operation 1: first block 0")).At("s1.gap 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.InsideCoverage, "An operation from one range into the next.")]
    public static MessageForge Operation_across_ranges() => Change(
        AcceptedVectors.Dtr_ranges_with_tail(), forge => forge.Sections[0].Set("blocks 1", [0x02], "2 blocks")).At("s1.gap 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OldKindFits, "Absent, where A has the block.")]
    public static MessageForge Absent_in_base() => Group(group => group.Set("kinds 2", [0x11], "absent -> data"), "s1.kinds 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OldKindFits, "Hashed, where A has no block.")]
    public static MessageForge Hashed_after_base() => Group(group => group.Set("kinds 3", [0x31], "hashed -> data"), "s1.kinds 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OldKindFits, "Zero, from A's last block on into where A has none.")]
    public static MessageForge Zero_across_end_of_base() => Group(
        group =>
        {
            group.Set("blocks 2", [0x02], "2 blocks");
            group.Set("kinds 2", [0x21], "zero -> data");
        }, "s1.kinds 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ZeroToZero, "A block of zeros becomes zeros of the same length.")]
    public static MessageForge Zero_to_zero() => Group(group => group.Set("kinds 1", [0x22], "zero -> zero"), "s1.kinds 1");

    [Refused(
        MessageKind.DataRequest,
        FormatError.Invalid,
        Rule.ZeroToZero,
        "Two blocks of zeros become zeros: only the boundary block has two lengths.")]
    public static MessageForge Zero_to_zero_of_two() => Change(
        Samples.DataRequest([.. new byte[1024], .. new byte[100]], [.. new byte[1024], .. new byte[300]], BlockHash.Xxh3),
        forge =>
        {
            forge.Sections[0].Set("gap 1", [0x01], "operation 1: first block 1");
            forge.Sections[0].Set("blocks 1", [0x02], "2 blocks");
        }).At("s1.kinds 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Continues, "Two operations that should be one.")]
    public static MessageForge Operation_continues() => Group(group => group.Set("kinds 2", [0x32], "hashed -> zero"), "s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Ascending, "The second group goes back to a block of the first.")]
    public static MessageForge Groups_descend() => Change(
        AcceptedVectors.Dtr_two_groups(), forge => forge.Sections[1].Set("gap 1", [0x00], "operation 1: first block 0")).At("s2.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Ascending, "The same group twice.")]
    public static MessageForge Group_twice() =>
        Change(Samples.DataRequest(), forge => forge.Sections.Add(Samples.DataRequest().Sections[0])).At("s2.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.GroupCut, "A group ends although the next operation would have had room.")]
    public static MessageForge Group_ends_too_early() => Change(
        Samples.DataRequest(),
        forge =>
        {
            ForgedSection second = new() { Type = (byte)SectionType.Operations, Payload = [.. forge.Sections[0].Payload] };
            forge.Sections[0].Set("count", Bits.U32(2), "2 operations");
            forge.Sections[0].Remove("gap 3", "blocks 3", "kinds 3", "new hash 3");
            second.Set("count", Bits.U32(1), "1 operation");
            second.Set("gap 3", [0x03], "operation 1: first block 3");
            second.Remove("gap 1", "blocks 1", "kinds 1", "gap 2", "blocks 2", "kinds 2", "old hash 1", "old hash 2", "new hash 2");
            forge.Sections.Add(second);
            forge.Trailer.Set("groups", 2);
        }).At("s2.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.GroupCut, "Two blocks of 8 MiB in one group.")]
    public static MessageForge Group_ends_too_late() => Change(
        AcceptedVectors.Dtr_two_groups(),
        forge =>
        {
            List<Chunk> second = forge.Sections[1].Payload;
            forge.Sections.RemoveAt(1);
            forge.Sections[0].Set("blocks 1", [0x02], "2 blocks");
            forge.Sections[0].Payload.Add(second[^1]);
            forge.Trailer.Set("groups", 1);
            forge.Trailer.Set("operations", 1);
        }).At("s1.count");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationHashes, "The last new hash is missing.")]
    public static MessageForge Group_hash_missing() => Group(group => group.Remove("new hash 3"), "s1.end");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationHashes, "A hash too many.")]
    public static MessageForge Group_hash_too_many() =>
        Group(group => group.Payload.Add(new("more", new byte[8], "one hash more")), "s1.more");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationHashes, "Half a hash too many.")]
    public static MessageForge Group_hash_and_a_half() =>
        Group(group => group.Payload.Add(new("more", new byte[4], "half a hash")), "s1.more");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationHashes, "2^40 blocks of data, and no hashes.")]
    public static MessageForge Group_hashes_huge() => Change(
        Samples.DataRequest([], Samples.A, BlockHash.Xxh3),
        forge =>
        {
            forge.Header.Set("target_size", 1UL << 49);
            forge.Sections[0].Set("blocks 1", Bits.Varint(1L << 40), "2^40 blocks");
        }).At("s1.new hash 0");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.MustChange, "B's new last block has no operation.")]
    public static MessageForge New_block_without_operation() => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Sections[0].Set("count", Bits.U32(2), "2 operations");
            forge.Sections[0].Remove("gap 3", "blocks 3", "kinds 3", "new hash 3");
            forge.Trailer.Set("operations", 2);
            forge.Trailer.Set("data_blocks", 1);
            forge.Trailer.Set("data_bytes", 512);
        }).At("trailer map");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.MustChange, "The block that A has in another length has no operation.")]
    public static MessageForge Boundary_block_without_operation() => Change(
        Samples.DataRequest(Samples.A[..700], Samples.A, BlockHash.Xxh3),
        forge =>
        {
            forge.Sections[0].Set("count", Bits.U32(1), "1 operation");
            forge.Sections[0].Set("gap 1", [0x02], "operation 1: first block 2");
            forge.Sections[0].Remove("kinds 1", "gap 2", "blocks 2", "old hash 1", "new hash 1");
            forge.Trailer.Set("operations", 1);
            forge.Trailer.Set("data_blocks", 1);
            forge.Trailer.Set("data_bytes", 512);
        }).At("trailer map");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.MustChange, "Of three new blocks the one in the middle has no operation.")]
    public static MessageForge Middle_block_without_operation() => Change(
        Samples.DataRequest([], [.. new byte[1024], .. Samples.A[..512]], BlockHash.Xxh3),
        forge =>
        {
            forge.Sections[0].Set("blocks 1", [0x01], "1 block");
            forge.Sections[0].Set("gap 2", [0x01], "operation 2: gap 1");
            forge.Trailer.Set("zero_blocks", 1);
        }).At("trailer map");

    private static MessageForge Group(Action<ForgedSection> change, string fault) => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Sections[0].Payload.Add(new("end", [], ""));
            change(forge.Sections[0]);
        }).At(fault);
}
