namespace BinarySync.Format.Tests.Container;

public class VarintTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "80 01")]
    [InlineData(300, "AC 02")]
    [InlineData(16_383, "FF 7F")]
    [InlineData(16_384, "80 80 01")]
    [InlineData(624_485, "E5 8E 26")] // the example in the DWARF standard
    [InlineData(1L << 62, "80 80 80 80 80 80 80 80 40")]
    [InlineData(long.MaxValue, "FF FF FF FF FF FF FF FF 7F")]
    public void Takes_seven_bits_a_byte_lowest_first(long value, string bytes)
    {
        byte[] written = new byte[Varint.MaxLength];
        Assert.Equal(bytes, Hex.Text(written.AsSpan(0, Varint.Write(written, value))));
        int position = 0;
        Assert.True(Varint.TryRead(Hex.Bytes(bytes), ref position, out long read));
        Assert.Equal((value, Hex.Bytes(bytes).Length), (read, position));
    }

    [Theory]
    [InlineData("")] // nothing
    [InlineData("80")] // cut short
    [InlineData("FF FF FF")] // cut short
    [InlineData("80 00")] // 0 in two bytes
    [InlineData("81 00")] // 1 in two bytes
    [InlineData("FF FF 00")] // a last byte of 0
    [InlineData("80 80 80 80 80 80 80 80 80 01")] // 64 bits
    [InlineData("FF FF FF FF FF FF FF FF FF 01")]
    [InlineData("FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF 01")]
    public void Refuses_all_else(string bytes)
    {
        int position = 0;
        Assert.False(Varint.TryRead(Hex.Bytes(bytes), ref position, out _));
    }

    [Fact]
    public void Reads_from_the_middle_and_stops_behind_the_value()
    {
        int position = 1;
        Assert.True(Varint.TryRead(Hex.Bytes("FF AC 02 FF"), ref position, out long value));
        Assert.Equal((300, 3), (value, position));
    }
}
