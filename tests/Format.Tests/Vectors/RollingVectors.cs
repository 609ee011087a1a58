using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Rolling sums in checksum files, which came with version 1.1 (Format.md 6.1). Most are bent from that of B: data 0, zeros 1, data 2-3.
/// </summary>
internal static class RollingVectors
{
    private const string Key = "rolling_sums";

    [Accepted(MessageKind.ChecksumRequest, Rule.Request, "A request for rolling sums: version 1.1.")]
    public static MessageForge Ckr_rolling_sums() => WithKey(Samples.ChecksumRequest());

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Rolling sums of three data blocks, the last one short; the zeros have none.")]
    public static MessageForge Ckf_rolling_sums() => Samples.ChecksumFile(Samples.B, BlockHash.Xxh3, sums: true);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "The key, and only zeros: no section of rolling sums.")]
    public static MessageForge Ckf_rolling_sums_of_zeros() => Samples.ChecksumFile(new byte[1000], BlockHash.Xxh3, sums: true);

    [Accepted(MessageKind.ChecksumFile, Rule.Checksums, "Three ranges: data, zeros, data. The section of zeros has no sums behind it.")]
    public static MessageForge Ckf_rolling_sums_ranges() => Samples.ChecksumFile(
        [.. Samples.A, .. new byte[1536], .. Samples.B],
        BlockHash.Xxh3,
        BlockCoverage.Of([new BlockRun(0, 2), new BlockRun(3, 2), new BlockRun(8, 2)]),
        sums: true);

    [Accepted(MessageKind.ChecksumFile, Rule.NewerMinor, "A section that is skipped, between the checksums and their rolling sums.")]
    public static MessageForge Ckf_minor_2_rolling_sums_behind_unknown() => Change(
        Ckf_rolling_sums(),
        forge =>
        {
            forge.Minor = 2;
            forge.Sections.Insert(
                1, new() { Type = 0x42, Flags = 1, Payload = [new Chunk("x", Hex.Bytes("01 02 03"), "whatever this is")] });
        });

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.UnknownKey, "The key rolling_sums in version 1.0.")]
    public static MessageForge Rolling_key_in_1_0() => Change(Ckf_rolling_sums(), forge => forge.Minor = 0).At($"header.{Key}=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingNamed, "The key with 0: it must be left out then.", Field = Key)]
    public static MessageForge Rolling_key_0() => Change(Ckf_rolling_sums(), forge => forge.Header.Set(Key, 0)).At($"header.{Key}=");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.ForeignKey, "The key rolling_sums in a data request of version 1.1.")]
    public static MessageForge Rolling_key_in_dtr() => WithKey(Samples.DataRequest()).At($"header.{Key}=");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.UnknownSection, "Rolling sums in version 1.0.")]
    public static MessageForge Rolling_in_1_0() => Change(Rolling_without_key(), forge => forge.Minor = 0).At("s2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingNamed, "Rolling sums of which the header says nothing, in 1.1.")]
    public static MessageForge Rolling_without_key() =>
        Change(Ckf_rolling_sums(), forge => forge.Header.Remove(Key)).At("s2");

    [Refused(MessageKind.DataRequest, FormatError.Invalid, Rule.SectionOfKind, "Rolling sums in a data request of version 1.1.")]
    public static MessageForge Rolling_in_dtr() => Change(
        Samples.DataRequest(),
        forge =>
        {
            forge.Minor = 1;
            forge.Sections.Add(Ckf_rolling_sums().Sections[1]);
        }).At("s2");

    [Refused(MessageKind.ChecksumRequest, FormatError.Invalid, Rule.SectionOfKind, "Rolling sums in the request for them.")]
    public static MessageForge Rolling_in_ckr() => Change(
        Ckr_rolling_sums(), forge => forge.Sections.Add(Ckf_rolling_sums().Sections[1])).At("s1");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingPlace, "The last rolling sums are missing.")]
    public static MessageForge Rolling_missing() => Change(Ckf_rolling_sums(), forge => forge.Sections.RemoveAt(1)).At("trailer");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingPlace, "The first rolling sums are missing.")]
    public static MessageForge Rolling_missing_first() => Change(Ckf_rolling_sums_ranges(), forge => forge.Sections.RemoveAt(1)).At("s2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingPlace, "Rolling sums twice.")]
    public static MessageForge Rolling_twice() => Change(Ckf_rolling_sums(), forge => forge.Sections.Add(forge.Sections[1])).At("s3");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingPlace, "Rolling sums before the checksums.")]
    public static MessageForge Rolling_before() => Change(Ckf_rolling_sums(), forge => forge.Sections.Reverse()).At("s1");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingPlace, "Rolling sums behind a section of zeros.")]
    public static MessageForge Rolling_behind_zeros() => Change(
        Ckf_rolling_sums_of_zeros(), forge => forge.Sections.Add(Ckf_rolling_sums().Sections[1])).At("s2");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingLength, "A rolling sum is missing.")]
    public static MessageForge Rolling_too_few() =>
        Change(Ckf_rolling_sums(), forge => forge.Sections[1].Remove("sum 3")).At("s2.stored");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingLength, "Half a rolling sum is missing.")]
    public static MessageForge Rolling_cut() =>
        Change(Ckf_rolling_sums(), forge => forge.Sections[1].Set("sum 3", new byte[2], "half a sum")).At("s2.stored");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingLength, "A rolling sum too many.")]
    public static MessageForge Rolling_too_many() => Change(
        Ckf_rolling_sums(), forge => forge.Sections[1].Payload.Add(new("sum 4", new byte[4], "one sum more"))).At("s2.stored");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.RollingSkippable, "Rolling sums that a reader of 1.0 could not skip.")]
    public static MessageForge Rolling_not_skippable() =>
        Change(Ckf_rolling_sums(), forge => forge.Sections[1].Flags = 0).At("s2.flags");

    [Refused(MessageKind.ChecksumFile, FormatError.Invalid, Rule.CodecOfContentOnly, "Rolling sums that claim to be compressed.")]
    public static MessageForge Rolling_codec() => Change(
        Ckf_rolling_sums(),
        forge =>
        {
            forge.Sections[1].Codec = (byte)FrameCodec.LZ4;
            forge.Sections[1].RawLength = 1000;
        }).At("s2.codec");

    private static MessageForge WithKey(MessageForge message) => Change(
        message,
        forge =>
        {
            forge.Minor = 1;
            forge.Header.Insert(Key, [1], "1");
        });
}
