using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Data files whose content is wrong (Format.md 8). The one that is bent has one group and 768 bytes of content.</summary>
internal static class ContentVectors
{
    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameMissing, "The content of the only group is missing.")]
    public static MessageForge Frame_missing() => Change(Samples.DataFile(), forge => forge.Sections.RemoveAt(1)).At("trailer");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameMissing, "The next group comes where content is due.")]
    public static MessageForge Frame_missing_before_group() =>
        Change(Samples.DataFile(), forge => forge.Sections.Insert(1, Samples.DataFile().Sections[0])).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameMissing, "The second of two frames is missing.")]
    public static MessageForge Second_frame_missing() =>
        Change(AcceptedVectors.Dtf_two_frames(), forge => forge.Sections.RemoveAt(2)).At("trailer");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameExtra, "A frame after all content.")]
    public static MessageForge Frame_extra() =>
        Change(Samples.DataFile(), forge => forge.Sections.Add(Samples.DataFile().Sections[1])).At("s3");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameExtra, "A frame before the first group.")]
    public static MessageForge Frame_first() => Change(Samples.DataFile(), forge => forge.Sections.Reverse()).At("s1");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameExtra, "A frame after a group without data blocks.")]
    public static MessageForge Frame_for_zeros() =>
        Change(AcceptedVectors.Dtf_zeros_only(), forge => forge.Sections.Add(Samples.DataFile().Sections[1])).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameLength, "A byte of content too few.")]
    public static MessageForge Frame_too_short() =>
        Change(Samples.DataFile(), forge => forge.Sections[1].Set("content", [.. Samples.B[1024..^1]], "content")).At("s2.raw");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameLength, "A byte of content too many.")]
    public static MessageForge Frame_too_long() =>
        Change(Samples.DataFile(), forge => forge.Sections[1].Set("content", [.. Samples.B[1024..], 0], "content")).At("s2.raw");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.FrameLength, "The content in two frames, where one holds it.")]
    public static MessageForge Frame_cut_in_two() => Change(
        Samples.DataFile(),
        forge =>
        {
            forge.Sections[1].Set("content", Samples.B[1024..1536], "content");
            forge.Sections.Add(
                new ForgedSection { Type = (byte)SectionType.Content, Payload = [new("content", Samples.B[1536..], "content")] });
        }).At("s2.raw");

    [Refused(
        MessageKind.DataFile,
        FormatError.Invalid,
        Rule.FrameLength,
        "A frame of 4 MiB in 17 bytes, where 768 bytes are due: refused before it is decompressed.")]
    public static MessageForge Frame_bomb() => Change(LZ4(), forge => forge.Sections[1].RawLength = 4_194_304).At("s2.raw");

    [Refused(
        MessageKind.DataFile, FormatError.Damaged, Rule.ContentHash, "A byte of stored content was changed, and all checksums after it.")]
    public static MessageForge Content_changed() => Change(
        Samples.DataFile(), forge => forge.Sections[1].Set("content", [.. Samples.B[1024..^1], 0], "content")).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ContentHash, "A new hash was changed, and all checksums after it.")]
    public static MessageForge New_hash_changed() =>
        Change(Samples.DataFile(), forge => forge.Sections[0].Set("new hash 2", new byte[8], "new hash of block 2")).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "An LZ4 block with a byte behind its end.")]
    public static MessageForge LZ4_byte_behind() => Stored(LZ4(), [.. Samples.ContentInLZ4, 0]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "An LZ4 block that is cut short.")]
    public static MessageForge LZ4_cut() => Stored(LZ4(), Samples.ContentInLZ4[..^1]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "An LZ4 block that gives a byte too few.")]
    public static MessageForge LZ4_too_short() => Stored(LZ4(), Hex.Bytes("1F 64 01 00 FF ED 1F 65 01 00 E6 50 65 65 65 65 65"));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "An LZ4 block that gives a byte too many.")]
    public static MessageForge LZ4_too_long() => Stored(LZ4(), Hex.Bytes("1F 64 01 00 FF ED 1F 65 01 00 E8 50 65 65 65 65 65"));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "An LZ4 match from before the beginning.")]
    public static MessageForge LZ4_match_before_beginning() =>
        Stored(LZ4(), Hex.Bytes("1F 64 02 00 FF ED 1F 65 01 00 E7 50 65 65 65 65 65"));

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A Brotli stream with a byte behind its end.")]
    public static MessageForge Brotli_byte_behind() => Stored(Brotli(), [.. Samples.ContentInBrotli, 0]);

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "A Brotli stream that is cut short.")]
    public static MessageForge Brotli_cut() => Stored(Brotli(), Samples.ContentInBrotli[..^2]);

    private static MessageForge LZ4() =>
        Samples.DataFile(Samples.A, Samples.B, BlockHash.Xxh3, compressed: (FrameCodec.LZ4, Samples.ContentInLZ4));

    private static MessageForge Brotli() =>
        Samples.DataFile(Samples.A, Samples.B, BlockHash.Xxh3, compressed: (FrameCodec.Brotli, Samples.ContentInBrotli));

    private static MessageForge Stored(MessageForge forge, byte[] stored) =>
        Change(forge, _ => forge.Sections[1].Set("content", stored, "content")).At("s2");
}
