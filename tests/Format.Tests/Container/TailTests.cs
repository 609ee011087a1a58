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
        byte[] bytes = new byte[MessageTail.Length];
        MessageTail.Write(bytes, 0x1234);
        Assert.Equal(Good, bytes);
        MessageTail.Check(bytes, 0x1234, Refusal.Source, 100);
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
        Refusal.Of(FormatError.Damaged, offset, () => MessageTail.Check(changed, 0x1234, Refusal.Source, 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(995)]
    public void A_file_with_fewer_bytes_than_it_announces_has_no_trailer_to_be_looked_for(int bytes) =>
        Assert.Null(MessageTail.FindTrailer(new Announcing(new byte[bytes], 1000), 0));

    [Fact]
    public void A_file_cut_before_its_trailer_is_read_has_none()
    {
        byte[] whole = [.. new byte[60], .. Good];
        MessageTail.Write(whole.AsSpan(60), 40);
        Assert.Equal(20, MessageTail.FindTrailer(new MemoryStream(whole), 0)!.Length);
        Assert.Null(MessageTail.FindTrailer(new Announcing(whole, whole.Length) { CutAfterFirstRead = true }, 0));
    }

    /// <summary>A file on a file system that announces more bytes than it gives, or that is cut meanwhile.</summary>
    private sealed class Announcing(byte[] content, long length) : MemoryStream(content)
    {
        private bool _isCut;

        public bool CutAfterFirstRead { get; init; }

        public override long Length => length;

        // The other ways to read lead here.
        public override int Read(byte[] buffer, int offset, int count)
        {
            int got = _isCut ? 0 : base.Read(buffer, offset, count);
            _isCut = CutAfterFirstRead;
            return got;
        }
    }
}
