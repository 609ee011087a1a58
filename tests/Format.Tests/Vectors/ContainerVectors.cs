namespace BinarySync.Format.Tests.Vectors;

/// <summary>Messages whose container is wrong (Format.md 2).</summary>
internal static class ContainerVectors
{
    [Refused(MessageKind.ChecksumRequest, FormatError.Truncated, Rule.Truncated, "Nothing at all.")]
    public static MessageForge Cut_empty() => Samples.ChecksumRequest().CutIn("magic", 0);

    [Refused(MessageKind.ChecksumRequest, FormatError.Truncated, Rule.Truncated, "Ends inside the magic.")]
    public static MessageForge Cut_in_magic() => Samples.ChecksumRequest().CutIn("magic", 5);

    [Refused(MessageKind.ChecksumRequest, FormatError.Truncated, Rule.Truncated, "Ends inside the preamble.")]
    public static MessageForge Cut_in_preamble() => Samples.ChecksumRequest().CutIn("header length", 2);

    [Refused(MessageKind.ChecksumRequest, FormatError.Truncated, Rule.Truncated, "Ends inside the header.")]
    public static MessageForge Cut_in_header() => Samples.ChecksumRequest().CutIn("header.hash", 3);

    [Refused(MessageKind.ChecksumRequest, FormatError.Truncated, Rule.Truncated, "Ends before the header's checksum.")]
    public static MessageForge Cut_before_header_checksum() => Samples.ChecksumRequest().CutIn("header checksum", 0);

    [Refused(MessageKind.ChecksumFile, FormatError.Truncated, Rule.Truncated, "Ends behind the header.")]
    public static MessageForge Cut_behind_header() => Samples.ChecksumFile().CutIn("s1", 0);

    [Refused(MessageKind.ChecksumFile, FormatError.Truncated, Rule.Truncated, "Ends inside a frame header.")]
    public static MessageForge Cut_in_frame_header() => Samples.ChecksumFile().CutIn("s1.raw", 1);

    [Refused(MessageKind.ChecksumFile, FormatError.Truncated, Rule.Truncated, "Ends inside a section.")]
    public static MessageForge Cut_in_section() => Samples.ChecksumFile().CutIn("s1.hash 0", 4);

    [Refused(MessageKind.DataFile, FormatError.Truncated, Rule.Truncated, "Ends inside a frame.")]
    public static MessageForge Cut_in_frame() =>
        Samples.DataFile(Samples.A, Samples.B, BlockHash.Xxh3, compressed: (FrameCodec.LZ4, Samples.ContentInLZ4)).CutIn("s2.content", 7);

    [Refused(MessageKind.DataFile, FormatError.Truncated, Rule.Truncated, "Ends behind an operations section, whose content is missing.")]
    public static MessageForge Cut_before_content() => Samples.DataFile().CutIn("s2", 0);

    [Refused(MessageKind.DataRequest, FormatError.Truncated, Rule.Truncated, "Ends before the trailer.")]
    public static MessageForge Cut_before_trailer() => Samples.DataRequest().CutIn("trailer", 0);

    [Refused(MessageKind.DataRequest, FormatError.Truncated, Rule.Truncated, "Ends inside the trailer.")]
    public static MessageForge Cut_in_trailer() => Samples.DataRequest().CutIn("trailer.groups", 1);

    [Refused(MessageKind.DataRequest, FormatError.Truncated, Rule.Truncated, "Ends before the tail.")]
    public static MessageForge Cut_before_tail() => Samples.DataRequest().CutIn("tail", 0);

    [Refused(MessageKind.DataRequest, FormatError.Truncated, Rule.Truncated, "The last byte is missing.")]
    public static MessageForge Cut_last_byte() => Samples.DataRequest().CutIn("tail.mark", 7);

    [Refused(MessageKind.ChecksumFile, FormatError.TrailingBytes, Rule.NothingFollows, "A byte follows the tail.")]
    public static MessageForge Trailing_byte() => Change(Samples.ChecksumFile(), forge => forge.After = [0]).At("after");

    [Refused(MessageKind.ChecksumRequest, FormatError.TrailingBytes, Rule.NothingFollows, "A second message follows the tail.")]
    public static MessageForge Trailing_message() =>
        Change(Samples.ChecksumRequest(), forge => forge.After = Samples.ChecksumRequest().Build().Bytes).At("after");

    [Refused(MessageKind.ChecksumRequest, FormatError.NotAMessage, Rule.Magic, "Some other file.")]
    public static MessageForge Magic_wrong() =>
        Change(Samples.ChecksumRequest(), forge => forge.Magic = "PK\u0003\u0004\u0014\0\0\0"u8.ToArray()).At("magic");

    [Refused(MessageKind.ChecksumRequest, FormatError.NotAMessage, Rule.Magic, "The eighth bit of the first byte was lost.")]
    public static MessageForge Magic_seven_bits() => Change(Samples.ChecksumRequest(), forge => forge.Magic[0] = 0x0F).At("magic");

    [Refused(MessageKind.ChecksumRequest, FormatError.NotAMessage, Rule.Magic, "Some other file, shorter than a magic.")]
    public static MessageForge Magic_short_file()
    {
        MessageForge forge = Change(Samples.ChecksumRequest(), forge => forge.Magic = "hello\n  "u8.ToArray());
        forge.CutAt = _ => 6;
        return forge.At("magic");
    }

    [Refused(MessageKind.ChecksumRequest, FormatError.TextModeDamage, Rule.TextMode, "CR LF became LF.")]
    public static MessageForge Text_mode_lf() => TextMode("8F 42 53 59 4E", "0A 1A");

    [Refused(MessageKind.ChecksumRequest, FormatError.TextModeDamage, Rule.TextMode, "LF became CR LF.")]
    public static MessageForge Text_mode_crlf() => TextMode("8F 42 53 59 4E", "0D 0D 0A 1A");

    [Refused(MessageKind.ChecksumRequest, FormatError.NewerVersion, Rule.NewerMajor, "Major version 2; nothing else is looked at.")]
    public static MessageForge Major_2() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Major = 2;
            forge.HeaderLength = 0;
            forge.Kind = 77;
        }).At("major");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.MajorZero, "Major version 0.")]
    public static MessageForge Major_0() => Change(Samples.ChecksumRequest(), forge => forge.Major = 0).At("major");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Kind, "Kind 0.")]
    public static MessageForge Kind_0() => Change(Samples.ChecksumRequest(), forge => forge.Kind = 0).At("kind");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Kind, "Kind 5, also in a newer minor version.")]
    public static MessageForge Kind_5() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Kind = 5;
            forge.Minor = 1;
        }).At("kind");

    [Refused(MessageKind.ChecksumFile, FormatError.WrongKind, Rule.WrongKind, "A checksum request where a checksum file is needed.")]
    public static MessageForge Kind_ckr_for_ckf() => Samples.ChecksumRequest().At("kind");

    [Refused(MessageKind.DataFile, FormatError.WrongKind, Rule.WrongKind, "A data request where a data file is needed.")]
    public static MessageForge Kind_dtr_for_dtf() => Samples.DataRequest().At("kind");

    [Refused(MessageKind.DataRequest, FormatError.WrongKind, Rule.WrongKind, "A checksum file where a data request is needed.")]
    public static MessageForge Kind_ckf_for_dtr() => Samples.ChecksumFile().At("kind");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Flags, "Flags 01.")]
    public static MessageForge Flags_01() => Change(Samples.ChecksumRequest(), forge => forge.Flags = 1).At("flags");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.Flags, "Flags 80, also in a newer minor version.")]
    public static MessageForge Flags_80() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.Flags = 0x80;
            forge.Minor = 1;
        }).At("flags");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.HeaderLength, "Header length 0.")]
    public static MessageForge Header_length_0() => Change(Samples.ChecksumRequest(), forge => forge.HeaderLength = 0).At("header length");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.HeaderLength, "Header length 4,194,305.")]
    public static MessageForge Header_length_too_large() =>
        Change(Samples.ChecksumRequest(), forge => forge.HeaderLength = 4_194_305).At("header length");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.HeaderLength, "Header length 2^32 - 1.")]
    public static MessageForge Header_length_huge() =>
        Change(Samples.ChecksumRequest(), forge => forge.HeaderLength = uint.MaxValue).At("header length");

    [Refused(MessageKind.ChecksumRequest, FormatError.Truncated, Rule.Truncated, "The largest header length, in a short file.")]
    public static MessageForge Header_length_lies() => Change(
        Samples.ChecksumRequest(),
        forge =>
        {
            forge.HeaderLength = 4_194_304;
            forge.CutAt = message => message.OffsetOf("after");
        }).At("cut");

    [Refused(
        MessageKind.ChecksumRequest, FormatError.Damaged, Rule.HeaderChecksum, "The header's checksum is not that of preamble and header.")]
    public static MessageForge Header_checksum() =>
        Change(Samples.ChecksumRequest(), forge => forge.HeaderChecksum = new byte[8]).At("header map");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.UnknownSection, "Section type 42 in version 1.0, flag or not.")]
    public static MessageForge Section_type_unknown() => Change(Samples.ChecksumFile(), forge => forge.Sections.Add(Unknown())).At("s2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.UnknownSection, "Section type 0.")]
    public static MessageForge Section_type_0() => Change(Samples.ChecksumFile(), forge => forge.Sections[0].Type = 0).At("s1");

    [Refused(
        MessageKind.ChecksumFile,
        FormatError.Unsupported,
        Rule.RequiredSection,
        "Section type 42 without the flag, in minor version 1.",
        Field = "section type")]
    public static MessageForge Section_required() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Minor = 1;
            ForgedSection unknown = Unknown();
            unknown.Flags = 0;
            forge.Sections.Add(unknown);
        }).At("s2");

    [Refused(MessageKind.ChecksumFile, FormatError.Damaged, Rule.SkippedSectionCounts, "A section that may be skipped is damaged.")]
    public static MessageForge Section_skipped_damaged() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Minor = 1;
            ForgedSection unknown = Unknown();
            unknown.Checksum = new byte[8];
            forge.Sections.Add(unknown);
        }).At("s2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SkippedSectionCounts, "A skipped section is not counted in the trailer.")]
    public static MessageForge Section_skipped_not_counted() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Minor = 1;
            forge.Sections.Add(Unknown());
            forge.Trailer.Set("sections", 1);
        }).At("trailer");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.SectionOfKind, "A checksum request with checksums.")]
    public static MessageForge Section_in_request() =>
        Change(Samples.ChecksumRequest(), forge => forge.Sections.Add(Samples.ChecksumFile().Sections[0])).At("s1");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionOfKind, "A checksum file with operations.")]
    public static MessageForge Section_operations_in_ckf() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections.Add(Samples.DataRequest().Sections[0])).At("s2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.SectionOfKind, "A data request with content.")]
    public static MessageForge Section_content_in_dtr() =>
        Change(Samples.DataRequest(), forge => forge.Sections.Add(Samples.DataFile().Sections[1])).At("s2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SectionOfKind, "A data file with checksums.")]
    public static MessageForge Section_checksums_in_dtf() =>
        Change(Samples.DataFile(), forge => forge.Sections.Insert(0, Samples.ChecksumFile().Sections[0])).At("s1");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.Codec, "Codec 4.")]
    public static MessageForge Codec_unknown() => Change(
        Samples.DataFile(),
        forge =>
        {
            forge.Sections[1].Codec = 4;
            forge.Sections[1].RawLength = 1000;
        }).At("s2.codec");

    [Refused(MessageKind.DataFile, FormatError.Unsupported, Rule.Codec, "Codec 4, in minor version 1.", Field = "codec")]
    public static MessageForge Codec_of_newer_minor() => Change(
        Samples.DataFile(),
        forge =>
        {
            forge.Minor = 1;
            forge.Sections[1].Codec = 4;
            forge.Sections[1].RawLength = 1000;
        }).At("s2.codec");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.CodecOfContentOnly, "Checksums that claim to be an LZ4 block.")]
    public static MessageForge Codec_of_checksums() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Sections[0].Codec = 1;
            forge.Sections[0].RawLength = 1000;
        }).At("s1.codec");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.TrailerPlain, "A trailer that claims to be a Brotli stream.")]
    public static MessageForge Codec_of_trailer() => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.TrailerSection.Codec = 2;
            forge.TrailerSection.RawLength = 1000;
        }).At("trailer");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFlags, "Flag bit 0 in version 1.0.")]
    public static MessageForge Section_flag_0() => Change(Samples.ChecksumFile(), forge => forge.Sections[0].Flags = 1).At("s1.flags");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFlags, "Flag bit 1, also in a newer minor version.")]
    public static MessageForge Section_flag_1() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Minor = 1;
            forge.Sections[0].Flags = 2;
        }).At("s1.flags");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionFlags, "Flag bit 0 of the trailer in version 1.0.")]
    public static MessageForge Trailer_flag_0() => Change(Samples.ChecksumFile(), forge => forge.TrailerSection.Flags = 1).At("trailer");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.SectionReserved, "The reserved byte of a frame header is 1.")]
    public static MessageForge Section_reserved() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections[0].Reserved = 1).At("s1.reserved");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.StoredLength, "Stored length 0.")]
    public static MessageForge Stored_length_0() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections[0].StoredLength = 0).At("s1.stored");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.StoredLength, "Stored length 4,194,305.")]
    public static MessageForge Stored_length_too_large() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections[0].StoredLength = 4_194_305).At("s1.stored");

    [Refused(MessageKind.ChecksumFile, FormatError.Truncated, Rule.Truncated, "The largest stored length, in a short file.")]
    public static MessageForge Stored_length_lies() => Change(
        Samples.ChecksumFile(),
        forge =>
        {
            forge.Sections[0].StoredLength = 4_194_304;
            forge.CutAt = message => message.OffsetOf("after");
        }).At("cut");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RawLength, "Raw length 0.")]
    public static MessageForge Raw_length_0() => Change(Samples.DataFile(), forge => forge.Sections[1].RawLength = 0).At("s2.raw");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RawLength, "Raw length 4,194,305.")]
    public static MessageForge Raw_length_too_large() => Change(
        Samples.DataFile(),
        forge =>
        {
            forge.Sections[1].Codec = 1;
            forge.Sections[1].RawLength = 4_194_305;
        }).At("s2.raw");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.Lengths, "Stored content whose lengths differ.")]
    public static MessageForge Lengths_of_stored_content() =>
        Change(Samples.DataFile(), forge => forge.Sections[1].RawLength = 769).At("s2.stored");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.Lengths, "A compressed frame that did not shrink.")]
    public static MessageForge Lengths_of_compressed_content() =>
        Change(Samples.DataFile(), forge => forge.Sections[1].Codec = 1).At("s2.stored");

    [Refused(
        MessageKind.ChecksumFile, FormatError.Damaged, Rule.SectionChecksum, "A section's checksum is not that of its fields and payload.")]
    public static MessageForge Section_checksum() =>
        Change(Samples.ChecksumFile(), forge => forge.Sections[0].Checksum = new byte[8]).At("s1");

    [Refused(MessageKind.ChecksumFile, FormatError.Damaged, Rule.SectionChecksum, "The trailer's checksum is wrong.")]
    public static MessageForge Trailer_checksum() =>
        Change(Samples.ChecksumFile(), forge => forge.TrailerSection.Checksum = new byte[8]).At("trailer");

    [Refused(MessageKind.ChecksumRequest, FormatError.Damaged, Rule.TailLength, "The tail gives another length than the trailer has.")]
    public static MessageForge Tail_length() => Change(Samples.ChecksumRequest(), forge => forge.TrailerLength = 20).At("tail");

    [Refused(MessageKind.ChecksumRequest, FormatError.Damaged, Rule.TailReserved, "The tail's reserved field is 1.")]
    public static MessageForge Tail_reserved() => Change(Samples.ChecksumRequest(), forge => forge.TailReserved = 1).At("tail.reserved");

    [Refused(MessageKind.ChecksumRequest, FormatError.Damaged, Rule.TailMark, "The end mark is the magic forwards.")]
    public static MessageForge Tail_mark() =>
        Change(Samples.ChecksumRequest(), forge => forge.EndMark = Preamble.Magic.ToArray()).At("tail.mark");

    public static MessageForge Change(MessageForge forge, Action<MessageForge> change)
    {
        change(forge);
        return forge;
    }

    private static ForgedSection Unknown() => AcceptedVectors.Unknown();

    // The letters stay one field and the rest another, so that the fault has its place.
    private static MessageForge TextMode(string letters, string rest)
    {
        MessageForge forge = Samples.ChecksumRequest();
        forge.Magic = [.. Hex.Bytes(letters), .. Hex.Bytes(rest)];
        forge.MagicFault = 5;
        return forge.At("magic");
    }
}
