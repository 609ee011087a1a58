using System.IO.Hashing;

namespace BinarySync.Format.Tests.Container;

public class SectionHeaderTests
{
    private static readonly byte[] Payload = Hex.Bytes("01 02 03 04 05");

    private static readonly byte[] Fields = Hex.Bytes(
        """
        03            # type: content
        01            # codec: LZ4
        00            # flags
        00            # reserved
        05 00 00 00   # stored length: 5
        00 00 01 00   # raw length: 65,536
        """);

    private static readonly byte[] Good = [.. Fields, .. XxHash3.Hash([.. Fields, .. Payload])];

    [Fact]
    public void Is_written_field_by_field_and_closed_by_a_checksum_of_fields_and_payload()
    {
        byte[] bytes = new byte[SectionHeader.Length];
        new SectionHeader(SectionType.Content, FrameCodec.LZ4, 0, 5, 65_536).Write(bytes, Payload);
        Assert.Equal(Good, bytes);
    }

    // The value is what `xxhsum -H3` prints of the 17 bytes.
    [Fact]
    public void The_checksum_is_in_canonical_form() => Assert.Equal("9b70ca5b860a284d", Convert.ToHexStringLower(Good.AsSpan(12)));

    [Fact]
    public void Is_read_as_it_was_written()
    {
        SectionHeader header = SectionHeader.Read(Good, Refusal.Source, 0);
        Assert.Equal(new SectionHeader(SectionType.Content, FrameCodec.LZ4, 0, 5, 65_536), header);
        header.Check(0, Refusal.Source, 0);
    }

    [Theory]
    [InlineData(4, "00 00 00 00", 104, "stored length")]
    [InlineData(4, "01 00 40 00", 104, "stored length")]
    [InlineData(4, "FF FF FF FF", 104, "stored length")]
    [InlineData(8, "00 00 00 00", 108, "raw length")]
    [InlineData(8, "01 00 40 00", 108, "raw length")]
    public void Lengths_are_checked_before_they_are_used(int at, string length, long offset, string field)
    {
        byte[] changed = [.. Good];
        Hex.Bytes(length).CopyTo(changed, at);
        Refusal.Of(FormatError.Invalid, offset, field, () => SectionHeader.Read(changed, Refusal.Source, 100));
    }

    [Theory]
    [InlineData(FrameCodec.None, 0, 5, 6, 0, 104, "stored length")] // stored, yet of another length
    [InlineData(FrameCodec.LZ4, 0, 5, 5, 0, 104, "stored length")] // did not shrink
    [InlineData(FrameCodec.Brotli, 0, 6, 5, 0, 104, "stored length")] // grew
    [InlineData(FrameCodec.None, 2, 5, 5, 0, 102, "section flags")]
    [InlineData(FrameCodec.None, 0x81, 5, 5, 0, 102, "section flags")]
    [InlineData(FrameCodec.None, 0, 5, 5, 1, 103, "reserved byte")]
    public void The_other_fields_are_checked(FrameCodec codec, byte flags, int stored, int raw, byte reserved, long offset, string field) =>
        Refusal.Of(
            FormatError.Invalid, offset, field,
            () => new SectionHeader(SectionType.Content, codec, flags, stored, raw).Check(reserved, Refusal.Source, 100));

    [Fact]
    public void Flag_bit_0_says_that_a_section_may_be_skipped()
    {
        Assert.True(new SectionHeader(SectionType.Content, FrameCodec.None, 1, 5, 5).IsSkippable);
        Assert.False(new SectionHeader(SectionType.Content, FrameCodec.None, 0, 5, 5).IsSkippable);
    }
}
