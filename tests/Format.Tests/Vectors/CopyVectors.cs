using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Data requests and data files that copy (Format.md 7). A has blocks 'a' to 'd', B has 'e' and after it what A has: so each block but the first is copied from the one before
/// it, the last one to where A has no block.
/// </summary>
internal static class CopyVectors
{
    private static readonly byte[] A = Blocks("abcd");
    private static readonly byte[] B = Blocks("eabcd");

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Blocks move up by one: a copy that overlaps its own source, and one that has to come before it.")]
    public static MessageForge Dtr_copies() => Samples.CopyingRequest(A, B);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "As dtr-copies: each copy has its SHA-256.")]
    public static MessageForge Dtf_copies() => Samples.CopyingDataFile(A, B);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Copies inside ranges.")]
    public static MessageForge Dtr_copies_in_ranges() => Samples.CopyingRequest(A, Blocks("aacd"), BlockCoverage.Of([new BlockRun(0, 2)]));

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "The short last block of A is the short last block of B.")]
    public static MessageForge Dtr_copies_short_block() => Samples.CopyingRequest([.. Blocks("ab"), .. Samples.Filled('c', 100)], [.. Blocks("a"), .. Samples.Filled('c', 100)]);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.OperationComplete, "The group ends where the source of a copy is due.")]
    public static MessageForge Copy_source_cut_short() => Group(
        group => group.Payload.RemoveRange(group.Payload.FindIndex(chunk => chunk.Name == "source 3"), group.Payload.Count - group.Payload.FindIndex(chunk => chunk.Name == "source 3")), "s1.end");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A source that ends behind A.")]
    public static MessageForge Copy_source_past_base() => Group(group => group.Set("source 2", Bits.Varint(2), "from block 2"), "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A source of 2^63 - 1.")]
    public static MessageForge Copy_source_overflows() => Group(group => group.Set("source 2", Bits.Varint(long.MaxValue), "from block 2^63 - 1"), "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A full block copied from the short last one.")]
    public static MessageForge Copy_source_too_short() => Change(
        Samples.CopyingRequest([.. Blocks("ab"), .. Samples.Filled('c', 100)], [.. Blocks("b"), .. Blocks("a"), .. Samples.Filled('c', 100)]),
        forge => forge.Sections[0].Set("source 1", Bits.Varint(2), "from block 2")).At("s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopySource, "A source outside of the ranges.")]
    public static MessageForge Copy_source_outside_ranges() => Change(
        Dtr_copies_in_ranges(), forge => forge.Sections[0].Set("source 1", Bits.Varint(2), "from block 2")).At("s1.old hash 1");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Continues, "A copy that goes on where the one before it ended.")]
    public static MessageForge Copy_continues() => Change(
        Samples.CopyingRequest(Blocks("abcdefgh"), Blocks("abcdabfh")),
        forge => forge.Sections[0].Set("source 2", Bits.Varint(1), "from block 1")).At("s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopyCircle, "Two blocks that are copied to one another's place.")]
    public static MessageForge Copies_in_a_circle() => Change(
        Samples.CopyingRequest(Blocks("abcd"), Blocks("bxca")),
        forge =>
        {
            forge.Sections[0].Set("source 3", Bits.Varint(0), "from block 0");
            forge.Sections[0].Set("source 1", Bits.Varint(3), "from block 3");
        }).At("trailer.payload");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.OperationHashes, "A copy of a data file without its SHA-256.")]
    public static MessageForge Copy_without_sha256() => Change(Samples.CopyingDataFile(A, B), forge => forge.Sections[0].Remove("sha256 3")).At("s1.old hash 1");

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
