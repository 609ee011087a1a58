using static BinarySync.Format.Tests.Vectors.Samples;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Messages that refine a coarse data request (Format.md 4.3), right and wrong.</summary>
internal static class ParentVectors
{
    private static readonly byte[] BaseRoot = [0xC4, 16, .. Enumerable.Repeat((byte)0xA0, 16)];
    private static readonly byte[] TargetRoot = [0xC4, 16, .. Enumerable.Repeat((byte)0xB0, 16)];

    [Accepted(
        MessageKind.ChecksumRequest,
        Rule.Request,
        "A request that refines blocks of 1,024 bytes of A and B; its ranges are the changed ones.")]
    public static MessageForge Ckr_parent() =>
        With(Samples.ChecksumRequest(BlockHash.Xxh3, BlockCoverage.Of([new BlockRun(0, 1), BlockRun.From(2)])), Parent());

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "The checksum file of B repeats the parent.")]
    public static MessageForge Ckf_parent() => With(Samples.ChecksumFile(), Parent());

    [Accepted(
        MessageKind.DataRequest,
        Rule.DataRequest,
        "A data request repeats the parent, whose sizes are its own; the parent has a hash of its own.")]
    public static MessageForge Dtr_parent() => With(
        Samples.DataRequest(),
        Parent(
            ("hash", Hex.Bytes("A6 73 68 61 32 35 36")),
            ("base_root", [0xC4, 32, .. Enumerable.Repeat((byte)0xA0, 32)]),
            ("target_root", [0xC4, 32, .. Enumerable.Repeat((byte)0xB0, 32)])));

    [Accepted(MessageKind.DataFile, Rule.DataFile, "A data file repeats the parent, which has ranges.")]
    public static MessageForge Dtf_parent() => With(Samples.DataFile(A, B, BlockHash.Xxh3), Parent(("ranges", Hex.Bytes("92 01 01"))));

    [Accepted(MessageKind.ChecksumRequest, Rule.NewerMinor, "An unknown key inside the parent is skipped in a newer minor version.")]
    public static MessageForge Ckr_minor_1_parent_key()
    {
        MessageForge forge = With(Samples.ChecksumRequest(), Parent(("color", [1])));
        forge.Minor = 1;
        return forge;
    }

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ParentKeys, "A parent without target_root.", Field = "target_root")]
    public static MessageForge Parent_key_missing() => With(Samples.ChecksumRequest(), Parent(("target_root", null))).At("header.parent=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.UnknownKey, "An unknown key inside a parent, in version 1.0.")]
    public static MessageForge Parent_key_unknown() => Wrong(Samples.ChecksumRequest(), Parent(("color", [1])), "color");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.KeyOrder, "hash before block_size inside a parent.")]
    public static MessageForge Parent_keys_out_of_order()
    {
        List<(string Key, byte[] Value)> parent = Parent();
        (parent[2], parent[3]) = (parent[3], parent[2]);
        return Wrong(Samples.ChecksumRequest(), parent, "block_size", atKey: true);
    }

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ValueType, "A parent that is an array.")]
    public static MessageForge Parent_is_array()
    {
        MessageForge forge = Samples.ChecksumRequest();
        forge.Header.Insert("parent", [0x90], "an array");
        return forge.At("header.parent=");
    }

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.ParentBlockSize, "A parent with the same blocks.", Field = "parent")]
    public static MessageForge Parent_blocks_not_larger() =>
        With(Samples.ChecksumFile(), Parent(("block_size", Hex.Bytes("CD 02 00")))).At("header.parent=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.BlockSize, "A parent with blocks of 1,000 bytes.")]
    public static MessageForge Parent_block_size_1000() =>
        Wrong(Samples.ChecksumRequest(), Parent(("block_size", Hex.Bytes("CD 03 E8"))), "block_size");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Hash, "A parent with the hash md5.")]
    public static MessageForge Parent_hash_md5() => Wrong(Samples.ChecksumRequest(), Parent(("hash", Hex.Bytes("A3 6D 64 35"))), "hash");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Size, "A parent with a base of 2^62 + 1 bytes.")]
    public static MessageForge Parent_base_too_large() =>
        Wrong(Samples.ChecksumRequest(), Parent(("base_size", Hex.Bytes("CF 40 00 00 00 00 00 00 01"))), "base_size");

    [Refused(
        MessageKind.DataRequest,
        FormatError.Invalid,
        Rule.ParentSizes,
        "A data request with another base size than its parent.",
        Field = "parent")]
    public static MessageForge Parent_base_of_another_size() =>
        With(Samples.DataRequest(), Parent(("base_size", Hex.Bytes("CD 06 01")))).At("header.parent=");

    [Refused(
        MessageKind.DataFile,
        FormatError.Invalid,
        Rule.ParentSizes,
        "A data file with another target size than its parent.",
        Field = "parent")]
    public static MessageForge Parent_target_of_another_size() =>
        With(Samples.DataFile(A, B, BlockHash.Xxh3), Parent(("target_size", Hex.Bytes("CD 07 01")))).At("header.parent=");

    [Refused(
        MessageKind.ChecksumRequest,
        FormatError.Invalid,
        Rule.ParentRanges,
        "A parent with ranges past the larger one of A and B.",
        Field = "parent")]
    public static MessageForge Parent_ranges_past_the_end() =>
        With(Samples.ChecksumRequest(), Parent(("ranges", Hex.Bytes("92 01 02")))).At("header.parent=");

    [Refused(
        MessageKind.ChecksumRequest,
        FormatError.Invalid,
        Rule.ParentRanges,
        "A parent with one range of all its blocks.",
        Field = "parent")]
    public static MessageForge Parent_ranges_whole() =>
        With(Samples.ChecksumRequest(), Parent(("ranges", Hex.Bytes("92 00 02")))).At("header.parent=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ParentRanges, "A parent that compares nothing.", Field = "parent")]
    public static MessageForge Parent_ranges_none() =>
        With(Samples.ChecksumRequest(), Parent(("ranges", Hex.Bytes("90")))).At("header.parent=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ParentRanges, "A parent with a part of its tail.", Field = "parent")]
    public static MessageForge Parent_ranges_part_of_tail() =>
        With(
            Samples.ChecksumRequest(),
            Parent(("target_size", Hex.Bytes("CD 0A 00")), ("ranges", Hex.Bytes("92 01 01")))).At("header.parent=");

    [Refused(
        MessageKind.ChecksumRequest,
        FormatError.Invalid,
        Rule.RangeOpenEnd,
        "A parent with an open-ended range, in a request that may have one itself.")]
    public static MessageForge Parent_range_open_ended() =>
        Wrong(Samples.ChecksumRequest(), Parent(("ranges", Hex.Bytes("92 01 00"))), "ranges", skip: 1);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ParentRoots, "A base root of 15 bytes.", Field = "base_root")]
    public static MessageForge Parent_root_too_short() =>
        Wrong(Samples.ChecksumRequest(), Parent(("base_root", [0xC4, 15, .. new byte[15]])), "base_root");

    [Refused(
        MessageKind.ChecksumRequest,
        FormatError.Invalid,
        Rule.ParentRoots,
        "Roots of 16 bytes, where the parent's hash is sha256.",
        Field = "base_root")]
    public static MessageForge Parent_root_of_another_hash() =>
        Wrong(Samples.ChecksumRequest(), Parent(("hash", Hex.Bytes("A6 73 68 61 32 35 36"))), "base_root");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.ParentLevel, "A parent inside a parent.")]
    public static MessageForge Parent_of_parent() => Wrong(Samples.ChecksumRequest(), Parent(("parent", Pack(Parent()))), "parent");

    /// <summary>The coarse request from A to B in blocks of 1,024 bytes, with made-up roots, and changes; null takes a key away.</summary>
    private static List<(string Key, byte[] Value)> Parent(params (string Key, byte[]? Value)[] changes)
    {
        SortedDictionary<string, byte[]> fields = new(StringComparer.Ordinal)
        {
            ["base_root"] = BaseRoot,
            ["base_size"] = Hex.Bytes("CD 06 00"),
            ["block_size"] = Hex.Bytes("CD 04 00"),
            ["hash"] = Hex.Bytes("A4 78 78 68 33"),
            ["target_root"] = TargetRoot,
            ["target_size"] = Hex.Bytes("CD 07 00"),
        };
        foreach ((string key, byte[]? value) in changes)
        {
            if (value is null)
            {
                fields.Remove(key);
            }
            else
            {
                fields[key] = value;
            }
        }

        return [.. fields.Select(field => (field.Key, field.Value))];
    }

    private static byte[] Pack(List<(string Key, byte[] Value)> parent) =>
        [(byte)(0x80 + parent.Count), .. parent.SelectMany(field => (byte[])[.. KeyBytes(field.Key), .. field.Value])];

    private static byte[] KeyBytes(string key) => Bits.Pack(writer => writer.WriteString(key));

    private static MessageForge With(MessageForge forge, List<(string Key, byte[] Value)> parent)
    {
        forge.Header.Insert("parent", Pack(parent), $"a map of {parent.Count}: {string.Join(", ", parent.Select(field => field.Key))}");
        return forge;
    }

    /// <param name="at">The key where a reader stops: at the value, <paramref name="skip"/> bytes into it, or at the key itself.</param>
    private static MessageForge Wrong(
        MessageForge forge, List<(string Key, byte[] Value)> parent, string at, bool atKey = false, int skip = 0)
    {
        byte[] all = Pack(parent);
        int index = parent.FindIndex(field => field.Key == at);
        int from = 1 + parent.Take(index).Sum(
            field => KeyBytes(field.Key).Length + field.Value.Length) + (atKey ? 0 : KeyBytes(at).Length) + skip;
        forge.Header.Insert("parent", all[..from], $"a map of {parent.Count}: {string.Join(", ", parent.Select(field => field.Key))}");
        forge.Header.InsertValuePart("parent", all[from..], $"from {at} on");
        return forge.At("header.parent=2");
    }
}
