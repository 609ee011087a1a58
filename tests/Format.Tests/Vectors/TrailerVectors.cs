using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Messages whose trailer is wrong (Format.md 5).</summary>
internal static class TrailerVectors
{
    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Map, "The trailer is an integer.")]
    public static MessageForge Trailer_is_integer() =>
        Change(Samples.ChecksumRequest(), forge => forge.Trailer.CountBytes = [0x02]).At("trailer map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.AfterMap, "A byte follows the trailer's map.")]
    public static MessageForge Trailer_byte_after_map() =>
        Change(Samples.ChecksumRequest(), forge => forge.Trailer.After = [0]).At("trailer after");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.KeyOrder, "sections before digest.")]
    public static MessageForge Trailer_keys_out_of_order() =>
        Change(Samples.ChecksumRequest(), forge => forge.Trailer.Swap("digest", "sections")).At("trailer.digest");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.TrailerKeys, "digest is missing.")]
    public static MessageForge Trailer_without_digest() =>
        Change(Samples.ChecksumRequest(), forge => forge.Trailer.Remove("digest")).At("trailer map");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.TrailerKeys, "root is missing.")]
    public static MessageForge Trailer_without_root() =>
        Change(Samples.ChecksumFile(), forge => forge.Trailer.Remove("root")).At("trailer map");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerKeys, "base_root is missing, and bases too.")]
    public static MessageForge Trailer_without_base_root() =>
        Change(Samples.DataRequest(), forge => forge.Trailer.Remove("base_root")).At("trailer map");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerKeys, "copy_blocks is missing: it is 0, and there all the same.")]
    public static MessageForge Trailer_without_copy_blocks() =>
        Change(Samples.DataRequest(), forge => forge.Trailer.Remove("copy_blocks")).At("trailer map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.TrailerKeys, "A checksum request with a root.")]
    public static MessageForge Trailer_of_another_kind() => Change(
        Samples.ChecksumRequest(), forge => forge.Trailer.Insert("root", [0xC4, 16, .. new byte[16]], "root")).At("trailer.root=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.UnknownKey, "The trailer key zeal in version 1.0.")]
    public static MessageForge Trailer_key_unknown() =>
        Change(Samples.ChecksumFile(), forge => forge.Trailer.Insert("zeal", [1], "1")).At("trailer.zeal=");

    [Refused(
        MessageKind.ChecksumFile, FormatError.Unsupported, Rule.RequiredKey, "The trailer key !seal in minor version 1.", Field = "!seal")]
    public static MessageForge Trailer_key_required() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Minor = 1;
            forge.Trailer.Insert("!seal", [1], "1");
        }).At("trailer.!seal=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Identities, "A root of 15 bytes.")]
    public static MessageForge Root_too_short() => Identity(Samples.ChecksumFile(), "root", 15);

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Identities, "A root of 32 bytes for xxh3.")]
    public static MessageForge Root_too_long() => Identity(Samples.ChecksumFile(), "root", 32);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.Identities, "A root of 16 bytes for sha256.")]
    public static MessageForge Root_of_another_hash() =>
        Identity(Samples.DataRequest(Samples.A, Samples.B, BlockHash.Sha256), "target_root", 16);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Identities, "A digest of 8 bytes.")]
    public static MessageForge Digest_too_short() => Identity(Samples.ChecksumRequest(), "digest", 8);

    [Refused(MessageKind.ChecksumFile, FormatError.Damaged, Rule.Digest, "The digest is not that of the bytes before the trailer.")]
    public static MessageForge Digest_wrong() =>
        Change(Samples.ChecksumFile(), forge => forge.Trailer.Set("digest", [0xC4, 16, .. new byte[16]], "digest")).At("trailer");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Root, "The root is not that of the checksums.")]
    public static MessageForge Root_wrong() => Change(
        Samples.ChecksumFile(), forge => forge.Trailer.Set("root", [0xC4, 16, .. new byte[16]], "root")).At("trailer map");

    [Refused(
        MessageKind.ChecksumFile,
        FormatError.Invalid,
        Rule.Root,
        "A hash was changed, and all checksums after it: the root is that of other checksums.")]
    public static MessageForge Root_of_other_hashes() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections[0].Set("hash 2", new byte[8], "hash of block 2")).At("trailer map");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.TrailerCounts, "sections is one too many.")]
    public static MessageForge Count_of_sections() =>
        Change(Samples.ChecksumFile(), forge => forge.Trailer.Set("sections", 2)).At("trailer");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.TrailerCounts, "data_blocks of a checksum file.")]
    public static MessageForge Count_of_data_blocks() => Count(Samples.ChecksumFile(), "data_blocks", 4);

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.TrailerCounts, "zero_blocks of a checksum file.")]
    public static MessageForge Count_of_zero_blocks() => Count(Samples.ChecksumFile(), "zero_blocks", 0);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerCounts, "groups.")]
    public static MessageForge Count_of_groups() => Count(Samples.DataRequest(), "groups", 2);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerCounts, "operations.")]
    public static MessageForge Count_of_operations() => Count(Samples.DataRequest(), "operations", 4);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerCounts, "data_blocks of a data request.")]
    public static MessageForge Count_of_data_blocks_in_dtr() => Count(Samples.DataRequest(), "data_blocks", 3);

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerCounts, "zero_blocks of a data request.")]
    public static MessageForge Count_of_zero_blocks_in_dtr() => Count(Samples.DataRequest(), "zero_blocks", 2);

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.TrailerCounts, "data_bytes: the last block is short.")]
    public static MessageForge Count_of_data_bytes() => Count(Samples.DataFile(), "data_bytes", 1024);

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.TrailerCounts, "copy_blocks, where nothing is copied.")]
    public static MessageForge Count_of_copy_blocks() => Count(Samples.DataFile(), "copy_blocks", 1);

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.TrailerCounts, "data_blocks of 2^64 - 1.")]
    public static MessageForge Count_huge() => Change(
        Samples.DataFile(), forge => forge.Trailer.Set("data_blocks", ulong.MaxValue)).At("trailer.data_blocks=");

    private static MessageForge Identity(MessageForge forge, string key, byte length) =>
        Change(forge, _ => forge.Trailer.Set(key, [0xC4, length, .. new byte[length]], key)).At($"trailer.{key}=");

    private static MessageForge Count(MessageForge forge, string key, ulong value) =>
        Change(forge, _ => forge.Trailer.Set(key, value)).At("trailer map");
}
