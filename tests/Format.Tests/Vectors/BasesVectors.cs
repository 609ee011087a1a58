using static BinarySync.Format.Tests.Vectors.Samples;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Messages merged for several remotes (Format.md 4.4), right and wrong. The one that is bent serves two bases, of three blocks and of
/// one and a half, and has 1: elsewhere -> zero, 2-3: elsewhere -> data.
/// </summary>
internal static class BasesVectors
{
    private const int OtherSize = 700;

    private static readonly byte[] RootKey = Hex.Bytes("A4 72 6F 6F 74");
    private static readonly byte[] SizeKey = Hex.Bytes("A4 73 69 7A 65");
    private static readonly byte[] Root = [0xC4, 16, .. Enumerable.Repeat((byte)0xA0, 16)];
    private static readonly byte[] Size = Hex.Bytes("CD 06 00");

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "A request merged for two remotes of different sizes.")]
    public static MessageForge Dtr_bases() => Request();

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "A request merged of one.")]
    public static MessageForge Dtr_bases_one() => Request(bases: 1);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "Two remotes that are the master already: no operations.")]
    public static MessageForge Dtr_bases_nothing_differs() => Forge(Header(BaseOf(B), BaseOf(B)), []);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A data file for two remotes.")]
    public static MessageForge Dtf_bases() => File();

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesCount, "No bases.", Field = "bases")]
    public static MessageForge Bases_none() => Bases([0x90]).At("header.bases=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesCount, "An array that promises 4,097 bases.", Field = "bases")]
    public static MessageForge Bases_too_many() => Bases(Hex.Bytes("DC 10 01")).At("header.bases=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesKeys, "A base without a size.", Field = "size")]
    public static MessageForge Base_key_missing() => Bases([0x91], [0x81, .. RootKey, .. Root]).At("header.bases=2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.UnknownKey, "A base with a name, in version 1.0.")]
    public static MessageForge Base_key_unknown() =>
        Bases([0x91, 0x83, .. Hex.Bytes("A4 6E 61 6D 65")], [1, .. RootKey, .. Root, .. SizeKey, .. Size]).At("header.bases=2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ValueType, "A base that is a number.")]
    public static MessageForge Base_is_number() => Bases([0x91], [7]).At("header.bases=2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Size, "A base of 2^62 + 1 bytes.")]
    public static MessageForge Base_too_large() =>
        Bases([0x91, 0x82, .. RootKey, .. Root, .. SizeKey], Hex.Bytes("CF 40 00 00 00 00 00 00 01")).At("header.bases=2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesRoots, "The second base has a root of 15 bytes.", Field = "bases")]
    public static MessageForge Base_root_too_short() =>
        Bases([0x92, .. One(Root), .. One([0xC4, 15, .. new byte[15]])]).At("header.bases=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesAlone, "A base_size beside bases.", Field = "bases")]
    public static MessageForge Bases_with_base_size()
    {
        MessageForge forge = Request();
        forge.Header.Insert("base_size", Size, "1536");
        return forge.At("header.bases=");
    }

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.BasesAlone, "A parent beside bases.", Field = "bases")]
    public static MessageForge Bases_with_parent()
    {
        MessageForge forge = File();
        forge.Header.Insert("parent", ParentVectors.Ckr_parent().Header.ValueOf("parent"), "parent");
        return forge.At("header.bases=");
    }

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesElsewhere, "An old kind absent, with bases.", Field = "kinds")]
    public static MessageForge Bases_old_kind_absent() => Group("kinds 2", 0x11);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesElsewhere, "An old kind zero, with bases.", Field = "kinds")]
    public static MessageForge Bases_old_kind_zero() => Group("kinds 2", 0x21);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesElsewhere, "An old kind hashed, with bases.", Field = "kinds")]
    public static MessageForge Bases_old_kind_hashed() => Group("kinds 2", 0x31);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.BasesNoCopy, "A copy, with bases.", Field = "kinds")]
    public static MessageForge Bases_copy() => Group("kinds 2", 0x43);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerKeys, "A base_root beside bases.")]
    public static MessageForge Bases_with_base_root()
    {
        MessageForge forge = Request();
        forge.Trailer.Insert("base_root", Root, "16 bytes");
        return forge.At("trailer.base_root=");
    }

    [Refused(
        MessageKind.DataRequest,
        FormatError.Invalid,
        Rule.TailWhole,
        "Ranges that have all of the tail of the first base, and a part of that of the second.")]
    public static MessageForge Bases_part_of_a_tail()
    {
        MessageForge forge = Request();
        forge.Header.Insert("ranges", Hex.Bytes("92 02 02"), "2 2");
        return forge.At("header.ranges=");
    }

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.MustChange, "The second base ends inside block 1, which has no operation.")]
    public static MessageForge Bases_block_without_operation() =>
        Forge(
            new DataFileHeader(Header(BaseOf(A), BaseOf(A[..OtherSize])), FormatLimits.MinFrameSize),
            [new BlockRun(2, 2)]).At("trailer map");

    private static BaseIdentity BaseOf(byte[] content) => new(Enumerable.Repeat((byte)content.Length, 16).ToArray(), content.Length);

    private static byte[] One(byte[] root) => [0x82, .. RootKey, .. root, .. SizeKey, .. Size];

    private static DataRequestHeader Header(params BaseIdentity[] bases) =>
        new() { BlockSize = BlockSize, Hash = BlockHash.Xxh3, TargetSize = B.Length, Bases = new BaseList(bases) };

    private static MessageForge Request(int bases = 2) =>
        Forge(Header([.. new[] { BaseOf(A), BaseOf(A[..OtherSize]) }.Take(bases)]), [new BlockRun(1, 1), new BlockRun(2, 2)]);

    private static MessageForge File() =>
        Forge(
            new DataFileHeader(Header(BaseOf(A), BaseOf(A[..OtherSize])), FormatLimits.MinFrameSize),
            [new BlockRun(1, 1), new BlockRun(2, 2)]);

    private static MessageForge Bases(byte[] good, byte[]? bad = null)
    {
        MessageForge forge = Request();
        forge.Header.Set("bases", good, "an array");
        if (bad is not null)
        {
            forge.Header.InsertValuePart("bases", bad, "and more");
        }

        return forge;
    }

    private static MessageForge Group(string field, byte kinds)
    {
        MessageForge forge = Request();
        forge.Sections[0].Set(field, [kinds], $"kinds {kinds:X2}");
        return forge.At($"s1.{field}");
    }

    // To B: block 1 becomes zeros, the others data. The target root is made up.
    private static MessageForge Forge(OperationsHeader header, BlockRun[] runs)
    {
        using MemoryStream request = new();
        DataRequestWriter writer = new(request, header as DataRequestHeader ?? ((DataFileHeader)header).ToRequest());
        foreach (BlockRun run in runs)
        {
            byte[] hashes = [.. Enumerable.Range(0, (int)run.Count).SelectMany(
                i => HashOf(B, header.SyncGeometry.Target, header.Hash, run.First + i))];
            writer.Add(run, run.First == 1 ? NewKind.Zero : NewKind.Data, OldKind.Elsewhere, [], run.First == 1 ? [] : hashes);
        }

        byte[] targetRoot = [.. Enumerable.Repeat((byte)0xB0, 16)];
        writer.Finish(default, targetRoot);
        if (header is DataRequestHeader)
        {
            return MessageDissector.Dissect(request.ToArray());
        }

        // Without the reader, which would refuse what is to be refused.
        using MemoryStream output = new();
        MessageForge forge = MessageDissector.Dissect(request.ToArray());
        MessageWriter file = new(output, header);
        byte[] operations = ForgedMessage.Concatenate(forge.Sections[0].Payload);
        file.WriteSection(SectionType.Operations, FrameCodec.None, operations.Length, operations);
        file.WriteSection(SectionType.Content, FrameCodec.None, B.Length - (2 * BlockSize), B.AsSpan(2 * BlockSize));
        OperationCounts counts = new(1, runs.Length, 2, B.Length - (2 * BlockSize), runs.Length - 1, 0);
        file.Finish(counts.ToTrailer(default, targetRoot));
        return MessageDissector.Dissect(output.ToArray());
    }
}
