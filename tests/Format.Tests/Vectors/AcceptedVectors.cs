using static BinarySync.Format.Tests.Vectors.Samples;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Messages that are right.</summary>
internal static class AcceptedVectors
{
    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "The checksum request of Format.md 12.")]
    public static MessageForge Example_ckr() => Samples.ChecksumRequest();

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "The checksum file of B in Format.md 12.")]
    public static MessageForge Example_ckf() => Samples.ChecksumFile();

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "The data request of Format.md 12.")]
    public static MessageForge Example_dtr() => Samples.DataRequest();

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The data file of Format.md 12, its content one LZ4 frame.")]
    public static MessageForge Example_dtf()
    {
        MessageForge forge = Samples.DataFile(A, B, BlockHash.Xxh3, compressed: (FrameCodec.LZ4, ContentInLZ4));
        forge.Sections[1].Payload =
        [
            new("literals", ContentInLZ4[..6], "'d', then 4 + 15 + 255 + 237 bytes from 1 byte back: block 2"),
            new("match", ContentInLZ4[6..11], "'e', then 4 + 15 + 231 bytes from 1 byte back"),
            new("end", ContentInLZ4[11..], "5 literals 'e': with them block 3"),
        ];
        return forge;
    }

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "Ranges that ascend, the last one open-ended, and a label.")]
    public static MessageForge Ckr_open_ended_range() =>
        Samples.ChecksumRequest(
            BlockHash.Xxh128, BlockCoverage.Of([new BlockRun(3, 1), new BlockRun(10, 200), BlockRun.From(1000)]), "nächtlich, vm 7");

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "One open-ended range, hash sha256.")]
    public static MessageForge Ckr_open_ended_from_1() => Samples.ChecksumRequest(BlockHash.Sha256, BlockCoverage.Of([BlockRun.From(1)]));

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "A range may end at block 2^62.")]
    public static MessageForge Ckr_last_possible_block() =>
        Samples.ChecksumRequest(BlockHash.Xxh3, BlockCoverage.Of([new BlockRun((1L << 62) - 1, 1)]));

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "A label of 1,024 bytes.")]
    public static MessageForge Ckr_longest_label() => Samples.ChecksumRequest(BlockHash.Xxh3, label: new string('ü', 512));

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "The largest block size.")]
    public static MessageForge Ckr_largest_block_size()
    {
        MessageForge forge = Samples.ChecksumRequest();
        forge.Header.Set("block_size", FormatLimits.MaxBlockSize);
        return forge;
    }

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Hash xxh128.")]
    public static MessageForge Ckf_xxh128() => Samples.ChecksumFile(B, BlockHash.Xxh128);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Hash sha256: the root is a SHA-256 too.")]
    public static MessageForge Ckf_sha256() => Samples.ChecksumFile(B, BlockHash.Sha256, label: "host 7");

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "An empty target has no sections.")]
    public static MessageForge Ckf_empty_target() => Samples.ChecksumFile([], BlockHash.Xxh3);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "A target of one byte.")]
    public static MessageForge Ckf_one_byte() => Samples.ChecksumFile([0x41], BlockHash.Xxh3);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "A short last block of zeros is in the zero run.")]
    public static MessageForge Ckf_short_zero_block() => Samples.ChecksumFile([.. Filled('a', 512), .. new byte[600]], BlockHash.Xxh3);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Two ranges: a section ends where a range ends, also between zeros.")]
    public static MessageForge Ckf_ranges() =>
        Samples.ChecksumFile([.. new byte[1536], .. A], BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(0, 1), new BlockRun(2, 2)]));

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "An array of no ranges: nothing of the target is covered.")]
    public static MessageForge Ckf_empty_coverage() => Samples.ChecksumFile(B, BlockHash.Xxh3, BlockCoverage.Of([]));

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "The largest target, all zeros, in one run of eight bytes.")]
    public static MessageForge Ckf_largest_target() => MadeUpChecksumFile(1L << 62, BlockHash.Xxh3, BlockCoverage.Whole, (1L << 53, true));

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Zeros cross many windows of 32,768 blocks; the data after them begins a section.")]
    public static MessageForge Ckf_zeros_cross_windows() =>
        MadeUpChecksumFile(
            (1_000_000L * 512) + 1, BlockHash.Xxh3, BlockCoverage.Whole, (2, false), (999_990, true), (3, false), (5, true), (1, false));

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Data on both sides of a window's edge is in two sections, which meet in data.")]
    public static MessageForge Ckf_data_meets_at_window() =>
        MadeUpChecksumFile(32_770 * 512, BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(32_766, 4)]), (4, false));

    [Accepted(
        MessageKind.ChecksumFile, Rule.Checksums, "Zeros that begin with a window are in a section of their own, since data came before.")]
    public static MessageForge Ckf_zeros_begin_at_window() =>
        MadeUpChecksumFile(32_770 * 512, BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(32_767, 3)]), (1, false), (2, true));

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Equal content needs no operations.")]
    public static MessageForge Dtr_nothing_differs() => Samples.DataRequest(A, A, BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Both empty.")]
    public static MessageForge Dtr_both_empty() => Samples.DataRequest([], [], BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "From nothing: every block was absent.")]
    public static MessageForge Dtr_from_empty() => Samples.DataRequest([], B, BlockHash.Xxh128, label: "first time");

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "To nothing: no operation, and the size becomes 0.")]
    public static MessageForge Dtr_to_empty() => Samples.DataRequest(A, [], BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "B ends where a block of A ends: no block must change.")]
    public static MessageForge Dtr_shrinks_by_blocks() => Samples.DataRequest(A, A[..512], BlockHash.Sha256);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "B ends inside a block of A, whose shorter self must be sent.")]
    public static MessageForge Dtr_shrinks_within_block() => Samples.DataRequest(A, A[..700], BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "B grows within A's short last block.")]
    public static MessageForge Dtr_grows_within_block() => Samples.DataRequest(A[..700], A[..701], BlockHash.Xxh3);

    [Accepted(
        MessageKind.DataRequest, Rule.DataRequest, "A short block of zeros becomes a longer block of zeros: the one case of zero to zero.")]
    public static MessageForge Dtr_zeros_grow() => Samples.DataRequest([.. A, .. new byte[100]], [.. A, .. new byte[300]], BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Zeros that grow by blocks: the boundary block, then blocks that were absent.")]
    public static MessageForge Dtr_zeros_grow_by_blocks() =>
        Samples.DataRequest([.. A, .. new byte[100]], [.. A, .. new byte[3000]], BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Zeros become data and data becomes zeros.")]
    public static MessageForge Dtr_zero_to_data() =>
        Samples.DataRequest([.. new byte[1024], .. A], [.. A, .. new byte[1024]], BlockHash.Xxh3);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Ranges that leave the tail out: the size is left.")]
    public static MessageForge Dtr_size_left() => Samples.DataRequest(A, B, BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(1, 1)]));

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Ranges that have all of the tail: the size changes.")]
    public static MessageForge Dtr_ranges_with_tail() =>
        Samples.DataRequest(A, B, BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(1, 1), new BlockRun(3, 1)]));

    [Accepted(
        MessageKind.DataRequest, Rule.DataRequest, "Blocks of 8 MiB, one a group: the second group continues the operation of the first.")]
    public static MessageForge Dtr_two_groups() => MadeUpDataRequest(8 << 20, 2);

    [Accepted(
        MessageKind.DataRequest, Rule.DataRequest, "A block of 64 MiB is a group by itself, larger than a group's content should be.")]
    public static MessageForge Dtr_largest_blocks() => MadeUpDataRequest(64 << 20, 3);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Content that is stored.")]
    public static MessageForge Dtf_stored() => Samples.DataFile();

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Content as a Brotli stream.")]
    public static MessageForge Dtf_brotli() => Samples.DataFile(A, B, BlockHash.Xxh3, compressed: (FrameCodec.Brotli, ContentInBrotli));

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Content as an LZ4 block, hash xxh128.")]
    public static MessageForge Dtf_lz4() =>
        Samples.DataFile(A, B, BlockHash.Xxh128, label: "to host 7", compressed: (FrameCodec.LZ4, ContentInLZ4));

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Hash sha256.")]
    public static MessageForge Dtf_sha256() => Samples.DataFile(A, B, BlockHash.Sha256);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A group without data blocks has no frames.")]
    public static MessageForge Dtf_zeros_only() => Samples.DataFile(A, [.. A[..512], .. new byte[1024]], BlockHash.Xxh3);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Nothing differs: no groups.")]
    public static MessageForge Dtf_nothing_differs() => Samples.DataFile(A, A, BlockHash.Xxh3);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "Ranges that leave the tail out: the size is left.")]
    public static MessageForge Dtf_size_left() => Samples.DataFile(A, B, BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(1, 2)]));

    [Accepted(
        MessageKind.DataFile,
        Rule.DataFile,
        "Content of a full frame of 65,536 bytes and a short one, both LZ4 blocks put together by hand.")]
    public static MessageForge Dtf_two_frames()
    {
        MessageForge forge = Samples.DataFile([], Filled('a', 65_536 + 512), BlockHash.Xxh3);

        // A literal, a match from 1 byte back, and five literals: 1 + n + 5 bytes, where n = 19 + 255 x times + rest.
        forge.Sections[1] = LZ4Run((65_536 - 6 - 19) / 255, (65_536 - 6 - 19) % 255, 65_536);
        forge.Sections[2] = LZ4Run((512 - 6 - 19) / 255, (512 - 6 - 19) % 255, 512);
        return forge;

        static ForgedSection LZ4Run(int times, int rest, uint rawLength) => new()
        {
            Type = (byte)SectionType.Content,
            Codec = (byte)FrameCodec.LZ4,
            RawLength = rawLength,
            Payload =
            [
                new("token", Hex.Bytes("1F 61 01 00"), "one 'a', then a match from 1 byte back"),
                new("length", [.. Enumerable.Repeat((byte)0xFF, times), (byte)rest], "its length"),
                new("end", Hex.Bytes("50 61 61 61 61 61"), "five 'a'"),
            ],
        };
    }

    [Accepted(
        MessageKind.ChecksumRequest,
        Rule.NewerMinor,
        "An unknown key of minor version 1 is skipped, in header and trailer, whatever its type.")]
    public static MessageForge Ckr_minor_1_unknown_keys()
    {
        MessageForge forge = Samples.ChecksumRequest();
        forge.Minor = 1;
        forge.Header.Insert(
            "color", Hex.Bytes("82 A1 61 93 C0 FF CB 3F F8 00 00 00 00 00 00 A1 62 D6 05 61 61 61 61"), "a map of things that 1.0 has not");
        forge.Trailer.Insert("zeal", Hex.Bytes("C3"), "true");
        return forge;
    }

    [Accepted(MessageKind.ChecksumRequest, Rule.NewerMinor, "A skipped value may be nested 16 deep.")]
    public static MessageForge Ckr_minor_1_nested_16_deep()
    {
        MessageForge forge = Samples.ChecksumRequest();
        forge.Minor = 1;
        forge.Header.Insert("color", [.. Enumerable.Repeat((byte)0x91, 16), 0xC0], "nil in 16 arrays");
        return forge;
    }

    [Accepted(MessageKind.ChecksumFile, Rule.NewerMinor, "Unknown sections of minor version 1 with the flag are skipped, and count.")]
    public static MessageForge Ckf_minor_1_skippable_section()
    {
        MessageForge forge = Samples.ChecksumFile();
        forge.Minor = 1;
        forge.Sections.Insert(0, Unknown());
        forge.Sections.Add(Unknown());
        return forge;
    }

    [Accepted(
        MessageKind.DataFile, Rule.NewerMinor, "An unknown section may stand between operations and content, and have an unknown codec.")]
    public static MessageForge Dtf_minor_255_skippable_section()
    {
        MessageForge forge = Samples.DataFile();
        forge.Minor = 255;
        ForgedSection unknown = Unknown();
        unknown.Codec = 77;
        unknown.RawLength = 1000;
        forge.Sections.Insert(1, unknown);
        return forge;
    }

    [Accepted(MessageKind.DataRequest, Rule.NewerMinor, "A known section may have flag bit 0 in minor version 1.")]
    public static MessageForge Dtr_minor_1_flag()
    {
        MessageForge forge = Samples.DataRequest();
        forge.Minor = 1;
        forge.Sections[0].Flags = 1;
        forge.TrailerSection.Flags = 1;
        return forge;
    }

    public static ForgedSection Unknown() =>
        new() { Type = 0x42, Flags = 1, Payload = [new Chunk("x", Hex.Bytes("01 02 03"), "whatever this is")] };
}
