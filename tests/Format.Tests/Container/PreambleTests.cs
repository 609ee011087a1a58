namespace BinarySync.Format.Tests.Container;

public class PreambleTests
{
    private static readonly byte[] Good = Hex.Bytes(
        """
        8F 42 53 59 4E 0D 0A 1A   # magic
        01                        # major version
        00                        # minor version
        02                        # kind: checksum file
        00                        # flags
        34 12 00 00               # header length: 0x1234
        """);

    [Fact]
    public void Is_written_field_by_field()
    {
        byte[] bytes = new byte[Preamble.Length];
        Preamble.Write(bytes, 0, MessageKind.ChecksumFile, 0x1234);
        Assert.Equal(Good, bytes);
    }

    [Fact]
    public void Is_read_as_it_was_written()
    {
        Preamble.CheckMagic(Good.AsSpan(0, Preamble.MagicLength), Refusal.Source);
        Preamble.CheckVersion(Good, Refusal.Source);
        Assert.Equal(0x1234, Preamble.ReadHeaderLength(Good, Refusal.Source));
        Assert.Equal(MessageKind.ChecksumFile, Preamble.ReadKind(Good, Refusal.Source));
    }

    [Theory]
    [InlineData("8F 42 53 59 4E 0A 1A 01")] // CR LF became LF
    [InlineData("8F 42 53 59 4E 0D 0D 0A")] // LF became CR LF
    [InlineData("8F 42 53 59 4E 0D 0A 00")] // 0x1A was lost
    public void Knows_a_transfer_in_text_mode(string magic) =>
        Refusal.Of(FormatError.TextModeDamage, 5, "magic", () => Preamble.CheckMagic(Hex.Bytes(magic), Refusal.Source));

    [Theory]
    [InlineData("0F 42 53 59 4E 0D 0A 1A")] // the eighth bit was lost
    [InlineData("7F 45 4C 46 02 01 01 00")] // an ELF file
    public void Refuses_another_magic(string magic) =>
        Refusal.Of(FormatError.NotAMessage, 0, "magic", () => Preamble.CheckMagic(Hex.Bytes(magic), Refusal.Source));

    [Theory]
    [InlineData(0, FormatError.Invalid)]
    [InlineData(2, FormatError.NewerVersion)]
    [InlineData(255, FormatError.NewerVersion)]
    public void Refuses_another_major_version(byte major, FormatError error) =>
        Refusal.Of(error, 8, "major version", () => Preamble.CheckVersion(With(8, major), Refusal.Source));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(255)]
    public void Refuses_another_kind(byte kind) =>
        Refusal.Of(FormatError.Invalid, 10, "kind", () => Preamble.ReadKind(With(10, kind), Refusal.Source));

    [Theory]
    [InlineData(1)]
    [InlineData(0x80)]
    public void Refuses_flags(byte flags) =>
        Refusal.Of(FormatError.Invalid, 11, "flags", () => Preamble.ReadKind(With(11, flags), Refusal.Source));

    [Theory]
    [InlineData("01 00 00 00", 1)]
    [InlineData("00 00 40 00", 4_194_304)]
    public void Takes_header_lengths_up_to_the_limits(string length, int expected) =>
        Assert.Equal(expected, Preamble.ReadHeaderLength([.. Good[..12], .. Hex.Bytes(length)], Refusal.Source));

    [Theory]
    [InlineData("00 00 00 00")]
    [InlineData("01 00 40 00")]
    [InlineData("FF FF FF FF")]
    public void Refuses_header_lengths_beyond_the_limits(string length) =>
        Refusal.Of(
            FormatError.Invalid, 12, "header length", () =>
                Preamble.ReadHeaderLength([.. Good[..12], .. Hex.Bytes(length)], Refusal.Source));

    private static byte[] With(int offset, byte value)
    {
        byte[] changed = [.. Good];
        changed[offset] = value;
        return changed;
    }
}
