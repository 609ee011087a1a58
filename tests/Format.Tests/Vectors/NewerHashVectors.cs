using System.Text;
using static BinarySync.Format.Tests.Vectors.ContainerVectors;
using static BinarySync.Format.Tests.Vectors.Samples;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>BLAKE3, which came with version 1.1, and the key for it (Format.md 4, <c>!hash</c>).</summary>
internal static class NewerHashVectors
{
    private const string Key = "!hash";
    private static readonly byte[] Blake3 = [0xA6, .. "blake3"u8];
    private static readonly byte[] Xxh128 = [0xA6, .. "xxh128"u8];

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "A checksum request for blake3: version 1.1, and a key that 1.0 refuses.")]
    public static MessageForge Ckr_blake3() => Samples.ChecksumRequest(BlockHash.Blake3);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "The checksum file of B with blake3; its root is made with blake3, too.")]
    public static MessageForge Ckf_blake3() => Samples.ChecksumFile(B, BlockHash.Blake3);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "blake3 of two blocks of 4,096 bytes: four chunks make a tree.")]
    public static MessageForge Ckf_blake3_of_four_chunks() =>
        Samples.ChecksumFile([.. Filled('x', 4096), .. Filled('y', 4095)], BlockHash.Blake3, blockSize: 4096);

    [Accepted(MessageKind.DataRequest, Rule.DataRequest, "The data request from A to B with blake3.")]
    public static MessageForge Dtr_blake3() => Samples.DataRequest(A, B, BlockHash.Blake3);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The data file from A to B with blake3.")]
    public static MessageForge Dtf_blake3() => Samples.DataFile(A, B, BlockHash.Blake3);

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "Only the parent's hash is blake3: that makes it 1.1.")]
    public static MessageForge Ckr_parent_blake3() => WithParent(Key, Blake3, 32);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.UnknownKey, "The key !hash in version 1.0.")]
    public static MessageForge Newer_hash_in_1_0() =>
        Change(Samples.ChecksumRequest(BlockHash.Blake3), forge => forge.Minor = 0).At($"header.{Key}=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Hash, "blake3 under hash, in version 1.0.", Field = "hash")]
    public static MessageForge Hash_blake3_in_1_0() =>
        Change(Samples.ChecksumRequest(), forge => forge.Header.Set("hash", Blake3, "")).At("header.hash=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.NewerHash, "blake3 under hash, in version 1.1.", Field = "hash")]
    public static MessageForge Hash_blake3_under_hash() => Change(Hash_blake3_in_1_0(), forge => forge.Minor = 1);

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.NewerHash, "xxh128 under !hash.", Field = Key)]
    public static MessageForge Newer_hash_xxh128() =>
        Change(Samples.ChecksumRequest(BlockHash.Blake3), forge => forge.Header.Set(Key, Xxh128, "")).At($"header.{Key}=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.NewerHash, "Both keys.", Field = "hash")]
    public static MessageForge Newer_hash_beside_hash() =>
        Change(Samples.ChecksumRequest(BlockHash.Blake3), forge => forge.Header.Insert("hash", Xxh128, "xxh128")).At("header.hash=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.RequiredKeys, "Neither of them, in version 1.1.", Field = "hash")]
    public static MessageForge Newer_hash_missing() =>
        Change(Samples.ChecksumRequest(BlockHash.Blake3), forge => forge.Header.Remove(Key)).At("header map");

    [Refused(MessageKind.ChecksumRequest, FormatError.Unsupported, Rule.NewerValue, "A hash that nobody knows, under !hash.", Field = Key)]
    public static MessageForge Newer_hash_unknown() =>
        Change(Samples.ChecksumRequest(BlockHash.Blake3), forge => forge.Header.Set(Key, [0xA6, .. "blake9"u8], "")).At($"header.{Key}=");

    [Refused(MessageKind.ChecksumRequest, FormatError.Unsupported, Rule.NewerValue,
        "A hash that nobody knows, under hash, in version 1.2.", Field = "hash")]
    public static MessageForge Newer_hash_unknown_under_hash() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Minor = 2;
            forge.Header.Set("hash", Hex.Bytes("A3 6D 64 35"), "");
        }).At("header.hash=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Identities, "A root of 16 bytes with blake3.")]
    public static MessageForge Root_of_16_bytes_with_blake3() =>
        Change(
            Samples.ChecksumFile(B, BlockHash.Blake3),
            forge => forge.Trailer.Set("root", [0xC4, 16, .. new byte[16]], "")).At("trailer.root=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.Root,
        "The root of a checksum file with blake3, made with something else.")]
    public static MessageForge Root_wrong_with_blake3() =>
        Change(
            Samples.ChecksumFile(B, BlockHash.Blake3),
            forge => forge.Trailer.Set("root", [0xC4, 32, .. new byte[32]], "")).At("trailer map");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ContentHash, "Content that has another blake3.")]
    public static MessageForge Content_changed_with_blake3() => Change(
        Samples.DataFile(A, B, BlockHash.Blake3), forge => forge.Sections[1].Set("content", [.. B[1024..^1], 0], "content")).At("s2");

    private static MessageForge WithParent(string key, byte[] name, byte rootLength)
    {
        byte[] parent = Bits.Pack(writer =>
        {
            writer.WriteMapHeader(6);
            writer.WriteString(key);
            writer.WriteString(Encoding.ASCII.GetString(name.AsSpan(1)));
            writer.WriteString("base_root");
            writer.WriteBytes([.. Enumerable.Repeat((byte)0xA0, rootLength)]);
            writer.WriteString("base_size");
            writer.WriteUnsigned((ulong)A.Length);
            writer.WriteString("block_size");
            writer.WriteUnsigned(1024);
            writer.WriteString("target_root");
            writer.WriteBytes([.. Enumerable.Repeat((byte)0xB0, rootLength)]);
            writer.WriteString("target_size");
            writer.WriteUnsigned((ulong)B.Length);
        });
        MessageForge forge = Samples.ChecksumRequest();
        forge.Minor = 1;
        forge.Header.Insert("parent", parent, "refines blocks of 1,024 bytes, blake3");
        return forge;
    }
}
