using System.Text;
using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Copies from any byte of A, which came with version 1.1, and the key for them (Format.md 4.9 and 7). A is four blocks of numbers, B has
/// 100 bytes in front of them: so all but B's first block is copied, and its short last block from within a block of A.
/// </summary>
internal static class ShiftVectors
{
    private const string Key = "!shift";
    private const int Put = 100;

    private static readonly byte[] A = Numbers(0, 512);
    private static readonly byte[] B = [.. Samples.Filled('x', Put), .. A];

    // Both of B's first blocks are A's, and each lies where the other one comes from.
    private static readonly byte[] Circle = [.. A[612..1124], .. A[100..612], .. A[1024..]];

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "All but the first block comes from 100 bytes before: version 1.1.")]
    public static MessageForge Dtr_shift() => Samples.ShiftingRequest(A, B);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "As dtr-shift: each shifted copy has its SHA-256.")]
    public static MessageForge Dtf_shift() => Samples.ShiftingDataFile(A, B);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Beside a copy of whole blocks, and over its own source.")]
    public static MessageForge Dtr_shift_and_copies() =>
        Samples.ShiftingRequest(A, [.. A[1536..], .. A[1..1025], .. Samples.Filled('x', 512)]);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Inside ranges.")]
    public static MessageForge Dtr_shift_in_ranges() => Ranged();

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "The key, and no operation that makes use of it.")]
    public static MessageForge Dtr_shift_unused() => WithKey(Samples.DataRequest());

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The key in a part of a set.")]
    public static MessageForge Dtf_shift_in_set() => WithKey(SetVectors.Set_part_2_of_3());

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.UnknownKey, "The key !shift in version 1.0.")]
    public static MessageForge Shift_key_in_1_0() => Change(Dtr_shift_unused(), forge => forge.Minor = 0).At($"header.{Key}=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftNamed, "The key with 0: it must be left out then.", Field = Key)]
    public static MessageForge Shift_key_0() => Change(Dtr_shift_unused(), forge => forge.Header.Set(Key, 0)).At($"header.{Key}=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.ForeignKey, "The key !shift in a checksum file of version 1.1.")]
    public static MessageForge Shift_key_in_ckf() => WithKey(Samples.ChecksumFile()).At($"header.{Key}=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftAlone, "A request that says forward.", Field = Key)]
    public static MessageForge Shift_with_forward() => WithKey(ForwardVectors.Dtr_forward()).At($"header.{Key}=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.ShiftAlone, "A data file for two remotes.", Field = Key)]
    public static MessageForge Shift_with_bases() => WithKey(BasesVectors.Dtf_bases()).At($"header.{Key}=");

    [Refused(MessageKind.DataRequest, FormatError.Unsupported, Rule.ShiftNamed, "A shifted copy without the key, in 1.1.")]
    public static MessageForge Shift_without_key() => Change(Dtr_shift(), forge => forge.Header.Remove(Key)).At("s1.kinds 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftNamed, "A shifted copy in version 1.0.")]
    public static MessageForge Shift_in_1_0() => Change(
        Dtr_shift(),
        forge =>
        {
            forge.Minor = 0;
            forge.Header.Remove(Key);
        }).At("s1.kinds 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftSource, "A source that is where a block begins.")]
    public static MessageForge Shift_source_of_whole_blocks() => Source(512, "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftSource, "Source bytes that end one byte behind A.")]
    public static MessageForge Shift_source_past_base() => Source(513, "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftSource, "A source of 2^63 - 1.")]
    public static MessageForge Shift_source_overflows() => Source(long.MaxValue, "s1.gap 3");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ShiftSource, "Source bytes of which one is outside of the ranges.")]
    public static MessageForge Shift_source_outside_ranges() =>
        Change(Ranged(), forge => forge.Sections[0].Set("source 1", Bits.Varint(1025), "from byte 1025")).At("s1.old hash 0");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Continues, "A shifted copy that goes on where the one before it ended.")]
    public static MessageForge Shift_continues() => Change(
        Samples.ShiftingRequest(A, [.. A[100..612], .. A[700..1212], .. A[1024..]]),
        forge => forge.Sections[0].Set("source 2", Bits.Varint(612), "from byte 612")).At("s1.gap 2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopyCircle, "Two blocks, each over bytes that the other one needs.")]
    public static MessageForge Shifts_in_a_circle() => Samples.ShiftingRequest(A, Circle).At("trailer.payload");

    // Block 2 of B is 100 bytes of A's block 0, which becomes bytes of A's block 2 behind those.
    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.CopyCircle, "Two copies; one overwrites a block with bytes of the other.")]
    public static MessageForge Shifts_that_share_a_block() =>
        Samples.ShiftingRequest(A, [.. A[1130..1642], .. A[512..1024], .. A[5..105]]).At("trailer.payload");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.OperationHashes, "A shifted copy of a data file without its SHA-256.")]
    public static MessageForge Shift_without_sha256() =>
        Change(Dtf_shift(), forge => forge.Sections[0].Remove("sha256 3")).At("s1.new hash 4");

    private static MessageForge Ranged() =>
        Samples.ShiftingRequest(A, [.. A[100..612], .. A[512..]], BlockCoverage.Of([new BlockRun(0, 3)]));

    private static MessageForge Source(long offset, string fault) =>
        Change(Dtr_shift(), forge => forge.Sections[0].Set("source 2", Bits.Varint(offset), $"from byte {offset}")).At(fault);

    private static byte[] Numbers(int first, int count) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(first, count).Select(number => $"{number:D4}")));

    private static MessageForge WithKey(MessageForge message) => Change(
        message,
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert(Key, [1], "1");
        });
}
