namespace BinarySync.Format.Tests.Container;

public class TailTests
{
    private static readonly byte[] Good = Hex.Bytes(
        """
        34 12 00 00               # trailer length: 0x1234
        00 00 00 00               # reserved
        1A 0A 0D 4E 59 53 42 8F   # the magic backwards
        """);

    [Fact]
    public void Is_written_field_by_field()
    {
        byte[] bytes = new byte[Tail.Length];
        Tail.Write(bytes, 0x1234);
        Assert.Equal(Good, bytes);
        Tail.Check(bytes, 0x1234, Refusal.Source, 100);
    }

    [Fact]
    public void The_end_mark_is_the_magic_backwards() => Assert.Equal(Preamble.Magic.ToArray().Reverse(), Good[8..]);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(3, 100)]
    [InlineData(4, 104)]
    [InlineData(7, 104)]
    [InlineData(8, 108)]
    [InlineData(15, 108)]
    public void Each_byte_is_checked(int position, long offset)
    {
        byte[] changed = [.. Good];
        changed[position] ^= 0x80;
        Refusal.Of(FormatError.Damaged, offset, () => Tail.Check(changed, 0x1234, Refusal.Source, 100));
    }
}
