using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Checksum files whose sections are wrong (Format.md 6). The one that is bent has data 0, zeros 1, data 2-3.</summary>
internal static class ChecksumVectors
{
    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionTooShort, "A section of 11 bytes has no room for its fields.")]
    public static MessageForge Checksums_too_short() => Section(
        section => section.Payload = [new("first", new byte[8], "first block: 0"), new("runs", new byte[3], "half a count")], "s1.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFirst, "The first section does not begin with the first block.")]
    public static MessageForge First_is_wrong() => Section(section => section.Set("first", Bits.U64(1), "first block: 1"), "s1.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFirst, "A first block of 2^63.")]
    public static MessageForge First_is_negative() =>
        Section(section => section.Set("first", Bits.U64(1UL << 63), "first block: 2^63"), "s1.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFirst, "A block is left out between two sections.")]
    public static MessageForge First_leaves_a_gap() =>
        TwoSections(second => second.Set("first", Bits.U64(3), "first block: 3"), "s2.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFirst, "A section goes back to a block that was given.")]
    public static MessageForge First_overlaps() => TwoSections(second => second.Set("first", Bits.U64(1), "first block: 1"), "s2.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFirst, "A section after all blocks were given.")]
    public static MessageForge Section_too_many() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections.Add(Samples.ChecksumFile().Sections[0])).At("s2.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFirst, "A section begins with a block between two ranges.")]
    public static MessageForge First_outside_ranges() => Change(
        AcceptedVectors.Ckf_ranges(), forge => forge.Sections[1].Set("first", Bits.U64(1), "first block: 1")).At("s2.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Runs, "No runs.")]
    public static MessageForge Runs_none() => Section(section => section.Set("runs", Bits.U32(0), "0 runs"), "s1.runs");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Runs, "More runs than bytes.")]
    public static MessageForge Runs_too_many() => Section(section => section.Set("runs", Bits.U32(1000), "1000 runs"), "s1.runs");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Runs, "2^31 runs.")]
    public static MessageForge Runs_negative() => Section(section => section.Set("runs", Bits.U32(1U << 31), "2^31 runs"), "s1.runs");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunCount, "A run of no data.")]
    public static MessageForge Run_of_no_data() => Section(section => section.Set("run 3", [0x00], "run 3: 0 x 2 + 0"), "s1.run 3");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunCount, "A run of no zeros.")]
    public static MessageForge Run_of_no_zeros() => Section(section => section.Set("run 2", [0x01], "run 2: 0 x 2 + 1"), "s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.VarintShortest, "A run in two bytes where one would do.")]
    public static MessageForge Run_not_shortest() =>
        Section(section => section.Set("run 2", [0x83, 0x00], "run 2: 3 in two bytes"), "s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.VarintLength, "A run in ten bytes.")]
    public static MessageForge Run_too_long() => Section(
        section => section.Set("run 2", Hex.Bytes("83 80 80 80 80 80 80 80 80 01"), "run 2: 64 bits"), "s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.VarintLength, "The section ends inside a run.")]
    public static MessageForge Run_cut_short() => Section(
        section =>
        {
            section.Remove("hash 0", "hash 2", "hash 3");
            section.Set("run 3", [0x84], "run 3: goes on");
        }, "s1.run 3");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunKinds, "Data follows data in a section.")]
    public static MessageForge Data_follows_data() => Section(
        section =>
        {
            section.Set("run 3", [0x02], "run 3: 1 x 2 + 0");
            section.InsertAfter("run 3", new("run 4", [0x02], "run 4: 1 x 2 + 0"));
            section.Set("runs", Bits.U32(4), "4 runs");
        }, "s1.run 4");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunKinds, "Zeros follow zeros in a section.")]
    public static MessageForge Zeros_follow_zeros() => Change(
        Samples.ChecksumFile([.. Samples.Filled('a', 512), .. new byte[1024]], BlockHash.Xxh3),
        forge =>
        {
            forge.Sections[0].Set("run 2", [0x03], "run 2: 1 x 2 + 1");
            forge.Sections[0].InsertAfter("run 2", new("run 3", [0x03], "run 3: 1 x 2 + 1"));
            forge.Sections[0].Set("runs", Bits.U32(3), "3 runs");
        }).At("s1.run 3");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.ZerosAcross, "Zeros are cut where a window ends.")]
    public static MessageForge Sections_meet_in_zeros() => Change(
        Samples.MadeUpChecksumFile(32_770 * 512, BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(32_767, 3)]), (3, true)),
        forge =>
        {
            forge.Sections[0].Set("run 1", [0x03], "run 1: 1 x 2 + 1");
            forge.Sections.Add(new ForgedSection
            {
                Type = (byte)SectionType.Checksums,
                Payload = [
                    new("first", Bits.U64(32_768), "first block: 32768"),
                    new("runs", Bits.U32(1), "1 run"),
                    new("run 1", [0x05], "run 1: 2 x 2 + 1")],
            });
        }).At("s2.run 1");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionCut, "A section ends inside a range and a window.")]
    public static MessageForge Section_ends_too_early() => TwoSections(_ => { }, "s2.first");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionCut, "Data goes on from one window into the next.")]
    public static MessageForge Section_ends_too_late() => Change(
        AcceptedVectors.Ckf_data_meets_at_window(),
        forge =>
        {
            List<Chunk> second = forge.Sections[1].Payload;
            forge.Sections.RemoveAt(1);
            forge.Sections[0].Set("run 1", Bits.Varint(4 * 2), "run 1: 4 x 2 + 0");
            forge.Sections[0].Payload.AddRange(second[3..]);
        }).At("s1.run 1");

    [Refused(
        MessageKind.ChecksumFile,
        FormatError.Invalid,
        Rule.SectionCut,
        "Zeros begin with a window, in the section of the data before them.")]
    public static MessageForge Section_goes_on_with_zeros() => Change(
        AcceptedVectors.Ckf_zeros_begin_at_window(),
        forge =>
        {
            forge.Sections.RemoveAt(1);
            forge.Sections[0].Set("runs", Bits.U32(2), "2 runs");
            forge.Sections[0].InsertAfter("run 1", new("run 2", [0x05], "run 2: 2 x 2 + 1"));
        }).At("s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunInRange, "Zeros go past the end of the target.")]
    public static MessageForge Zeros_past_target() => Section(
        section =>
        {
            section.Set("run 2", Bits.Varint((4 * 2) + 1), "run 2: 4 x 2 + 1");
            section.Set("run 3", Bits.Varint(2), "");
        }, "s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunInRange, "2^62 - 1 blocks of zeros.")]
    public static MessageForge Zeros_huge() =>
        Section(section => section.Set("run 2", Bits.Varint(long.MaxValue), "run 2: (2^62 - 1) x 2 + 1"), "s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunInRange, "Data goes past the end of its range into the next.")]
    public static MessageForge Data_past_range() => Change(
        AcceptedVectors.Ckf_ranges(), forge => forge.Sections[0].Set("run 1", Bits.Varint(3 * 2), "run 1: 3 x 2 + 0")).At("s1.run 1");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RunInRange, "A run begins where its range has ended.")]
    public static MessageForge Run_after_range() => Change(
        AcceptedVectors.Ckf_ranges(),
        forge =>
        {
            forge.Sections[0].Set("runs", Bits.U32(2), "2 runs");
            forge.Sections[0].InsertAfter("run 1", new("run 2", [0x02], "run 2: 1 x 2 + 0"));
        }).At("s1.run 2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Hashes, "A hash is missing.")]
    public static MessageForge Hashes_too_few() => Section(section => section.Remove("hash 3"), "s1.run 3");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Hashes, "Half a hash is missing.")]
    public static MessageForge Hashes_cut() => Section(section => section.Set("hash 3", new byte[4], "half a hash"), "s1.run 3");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Hashes, "A hash too many.")]
    public static MessageForge Hashes_too_many() =>
        Section(section => section.Payload.Add(new("more", new byte[8], "one hash more")), "s1.more");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.CoverageComplete, "The last block is missing.")]
    public static MessageForge Last_block_missing() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Sections[0].Set("run 3", Bits.Varint(2), "run 3: 1 x 2 + 0: data, 2");
            forge.Sections[0].Remove("hash 3");
            forge.Trailer.Set("data_blocks", 2);
        }).At("trailer map");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.CoverageComplete, "The last range is missing.")]
    public static MessageForge Last_range_missing() =>
        Change(AcceptedVectors.Ckf_ranges(), forge => forge.Sections.RemoveAt(1)).At("trailer map");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.CoverageComplete, "There are no sections at all.")]
    public static MessageForge All_sections_missing() => Change(Samples.ChecksumFile(), forge => forge.Sections.Clear()).At("trailer map");

    private static MessageForge Section(Action<ForgedSection> change, string fault) =>
        Change(Samples.ChecksumFile(), forge => change(forge.Sections[0])).At(fault);

    /// <summary>The sample cut before block 2.</summary>
    private static MessageForge TwoSections(Action<ForgedSection> changeSecond, string fault) => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            ForgedSection second = new() { Type = (byte)SectionType.Checksums, Payload = [.. forge.Sections[0].Payload] };
            forge.Sections[0].Set("runs", Bits.U32(2), "2 runs");
            forge.Sections[0].Remove("run 3", "hash 2", "hash 3");
            second.Set("first", Bits.U64(2), "first block: 2");
            second.Set("runs", Bits.U32(1), "1 run");
            second.Remove("run 1", "run 2", "hash 0");
            forge.Sections.Add(second);
            changeSecond(second);
        }).At(fault);
}
