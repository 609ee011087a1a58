using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Data requests and data files that copy (Format.md 7). A has blocks 'a' to 'd', B has 'e' and after it what A has: so each block but
/// the first is copied from the one before it, the last one to where A has no block.
/// </summary>
internal static class CopyVectors
{
    private static readonly byte[] A = Blocks("abcd");
    private static readonly byte[] B = Blocks("eabcd");

    [Accepted(
        MessageKind.DataRequest,
        Rule.DataRequest,
        "Blocks move up by one: a copy that overlaps its own source, and one that has to come before it.")]
    public static MessageForge Dtr_copies() => Samples.CopyingRequest(A, B);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "As dtr-copies: each copy has its SHA-256.")]
    public static MessageForge Dtf_copies() => Samples.CopyingDataFile(A, B);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "26 blocks that move up by one; what they become are nearly all old hashes too.")]
    public static MessageForge Dtr_copies_many() =>
        Samples.CopyingRequest(Blocks("abcdefghijklmnopqrstuvwxyz"), Blocks("-abcdefghijklmnopqrstuvwxy"));

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Copies inside ranges.")]
    public static MessageForge Dtr_copies_in_ranges() => Samples.CopyingRequest(A, Blocks("aacd"), BlockCoverage.Of([new BlockRun(0, 2)]));

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "The short last block of A is the short last block of B.")]
    public static MessageForge Dtr_copies_short_block() =>
        Samples.CopyingRequest([.. Blocks("ab"), .. Samples.Filled('c', 100)], [.. Blocks("a"), .. Samples.Filled('c', 100)]);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationComplete, "The group ends where the source of a copy is due.")]
    public static MessageForge Copy_source_cut_short() => Group(group =>
        group.Payload.RemoveRange(
            group.Payload.FindIndex(chunk => chunk.Name == "source 3"),
            group.Payload.Count - group.Payload.FindIndex(chunk => chunk.Name == "source 3")), "s1.end");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A source that ends behind A.")]
    public static MessageForge Copy_source_past_base() => Group(group => group.Set("source 2", Bits.Varint(2), "from block 2"), "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A source of 2^63 - 1.")]
    public static MessageForge Copy_source_overflows() =>
        Group(group => group.Set("source 2", Bits.Varint(long.MaxValue), "from block 2^63 - 1"), "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A full block copied from the short last one.")]
    public static MessageForge Copy_source_too_short() => Change(
        Samples.CopyingRequest(
            [.. Blocks("ab"), .. Samples.Filled('c', 100)], [.. Blocks("b"), .. Blocks("a"), .. Samples.Filled('c', 100)]),
        forge => forge.Sections[0].Set("source 1", Bits.Varint(2), "from block 2")).At("s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A source outside of the ranges.")]
    public static MessageForge Copy_source_outside_ranges() => Change(
        Dtr_copies_in_ranges(), forge => forge.Sections[0].Set("source 1", Bits.Varint(2), "from block 2")).At("s1.old hash 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Continues, "A copy that goes on where the one before it ended.")]
    public static MessageForge Copy_continues() => Change(
        Samples.CopyingRequest(Blocks("abcdefgh"), Blocks("abcdabfh")),
        forge => forge.Sections[0].Set("source 2", Bits.Varint(2), "from block 2")).At("s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopyCircle, "Two blocks that are copied to one another's place.")]
    public static MessageForge Copies_in_a_circle() => Change(
        Samples.CopyingRequest(Blocks("abcd"), Blocks("bxca")),
        forge =>
        {
            forge.Sections[0].Set("source 3", Bits.Varint(0), "from block 0");
            forge.Sections[0].Set("source 1", Bits.Varint(3), "from block 3");
        }).At("trailer.payload");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.OperationHashes, "A copy of a data file without its SHA-256.")]
    public static MessageForge Copy_without_sha256() =>
        Change(Samples.CopyingDataFile(A, B), forge => forge.Sections[0].Remove("sha256 3")).At("s1.new hash 4");

    // As the reference tool gave it at quality 11.
    private static readonly byte[] ManyInBrotli = Hex.Bytes(
        "42 35 00 D7 D7 E2 C6 15 B7 11 50 B4 84 1C 35 79 D5 A6 80 21 F2 41 38 D9 74 45 AF 78 E1 AB 2B 9D DC 7E 84 28 B1 2F D0 C4 03 89 28 "
            + "E3 5A 99 61 34 0A 4E B8 51 E6 71 1C D2 85 0E 07 D3 3B E5 98 13 8B 2D 6E 51 D8 76 D0 B7 41 63 AF B7 2C 51 1D CF 8F 19 B4 04 "
            + "88 2A 1F 18 A7 53 82 55 C1 5B E9 6E 52 02 CC F4 0A 25 C3 06 1C 7A 66 09 24 3A 80 5F 1C C0 65 92 96 65 8B F7 19 31 C2 9D "
            + "91 08 E6 5C 21 38 83 98 03 13 D9 65 DB 77 58 34 86 B9 7B 7C 26 16 47 A4 E5 7F BA D5 FE 67 D7 22 78 FA 56 3B 52 83 "
            + "F6 6F 6D DE AC 0C D1 21 9E 6B B5 2C 8B CE E3 2C 1B 03 BF D1 57 31 D7 C5 12 8E 2A A7 D8 E2 20 2D 0B E5 8F F8 23 "
            + "A9 E2 6D 47 FB 3F 44 82 12 F7 9C 6C 9D 41 F7 8E 5B 30 9C AC 5C D1 ED FE BF 87 F9 1E FA F5 D7 A2 DA 7D CF 04 "
            + "12 DB 35 DB 80 33 A6 36 C0 63 3A E9 1C 7E 39 3C 73 D8 8A 4B A2 5F 5A 85 BD DB 79 92 2B D5 1D 36 CB 3F "
            + "D8 2D 94 D1 FB 80 B6 EB BE E5 1B F3 23 24 62 7B A9 B5 1B 15 4F 01 A9 50 6E CD 32 A1 29 93 33 FF 17 6B D2 03");

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "As dtr-copies-many, its operations a Brotli stream.")]
    public static MessageForge Dtr_copies_brotli() => InBrotli(ManyInBrotli);

    [Refused(MessageKind.DataRequest, FormatError.Damaged, Rule.Decompression, "Operations whose Brotli stream is cut short.")]
    public static MessageForge Operations_cut_short_in_brotli() => InBrotli(ManyInBrotli[..^1]).At("s1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CodecOfContentOnly, "Operations that claim to be an LZ4 block.")]
    public static MessageForge Codec_of_operations() => Change(InBrotli(ManyInBrotli), forge => forge.Sections[0].Codec = 1).At("s1.codec");

    private static MessageForge InBrotli(byte[] stored) => Change(
        Dtr_copies_many(),
        forge =>
        {
            forge.Sections[0].RawLength = (uint)forge.Sections[0].Payload.Sum(chunk => chunk.Bytes.Length);
            forge.Sections[0].Codec = (byte)FrameCodec.Brotli;
            forge.Sections[0].Payload = [new("stream", stored, "a Brotli stream")];
        });

    private static byte[] Blocks(string letters) => [.. letters.SelectMany(letter => Samples.Filled(letter, Samples.BlockSize))];

    private static MessageForge Group(Action<ForgedSection> change, string fault) => Change(
        Samples.CopyingRequest(A, B),
        forge =>
        {
            forge.Sections[0].Payload.Add(new("end", [], ""));
            change(forge.Sections[0]);
            if (!forge.Sections[0].Payload.Exists(chunk => chunk.Name == "end"))
            {
                forge.Sections[0].Payload.Add(new("end", [], ""));
            }
        }).At(fault);
}
