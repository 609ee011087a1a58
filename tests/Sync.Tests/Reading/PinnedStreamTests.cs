using BinarySync.Sync.Messages;

namespace BinarySync.Sync.Tests.Reading;

/// <summary>What has been read once is the same ever after, or an error.</summary>
public sealed class PinnedStreamTests
{
    private const int Piece = MessagePins.SmallestPiece;
    private const int Length = (5 * Piece) + 1234;

    private static readonly byte[] Content = Bytes(1, Length);

    [Theory]
    [InlineData(1000)]
    [InlineData(Piece)]
    [InlineData((3 * Piece) - 7)]
    [InlineData(Length + Piece)]
    public void What_does_not_change_is_read_as_it_is(int step)
    {
        PinnedStream stream = PinnedStream.Of(new TurningFile(Content, Content), "file");
        for (int pass = 0; pass < 2; pass++)
        {
            stream.Position = 0;
            Assert.Equal(Content, ReadAll(stream, step));
        }

        foreach (
            (
                int offset,
                int count) in new[] { (0, 10), (Piece - 5, 10), (Piece, 2 * Piece), (100, 3 * Piece), (Length - 10, 20), (Length + 5, 10) })
        {
            byte[] buffer = new byte[count];
            int got = stream.ReadAt(buffer, offset);
            Assert.Equal(Content.Skip(offset).Take(count), buffer.Take(got));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData((2 * Piece) + 77)]
    [InlineData(Length - 1)]
    public void No_byte_of_a_piece_that_is_another_is_handed_on(int changed)
    {
        byte[] other = [.. Content];
        other[changed] ^= 1;
        foreach (int step in new[] { 1000, Piece, Length + Piece })
        {
            TurningFile file = new(Content, other);
            PinnedStream stream = PinnedStream.Of(file, "file");
            ReadAll(stream, step);
            file.Turn();
            stream.Position = 0;
            long got = 0;
            SyncException refused = Assert.Throws<SyncException>(() =>
            {
                byte[] buffer = new byte[step];
                for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
                {
                    got += count;
                }
            });

            Assert.Equal((SyncError.SourceChanged, "file"), (refused.Error, refused.Subject));
            Assert.True(got <= changed / Piece * Piece, $"{got} bytes");
            Assert.Throws<SyncException>(() => { stream.ReadAt(new byte[1], changed - (changed % Piece)); });
            Assert.Throws<SyncException>(() => { stream.ReadAt(new byte[Length], 0); });
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-Piece)]
    [InlineData(1)]
    [InlineData(Piece)]
    public void A_file_that_is_shorter_or_longer_later_is_another(int change)
    {
        byte[] other = change < 0 ? Content[..(Length + change)] : [.. Content, .. new byte[change]];
        TurningFile file = new(Content, other);
        PinnedStream stream = PinnedStream.Of(file, "file");
        ReadAll(stream, 1000);
        file.Turn();
        stream.Position = 0;
        Assert.Throws<SyncException>(() => { ReadAll(stream, 1000); });
    }

    [Fact]
    public void A_file_of_whole_pieces_that_has_more_later_is_another()
    {
        byte[] whole = Content[..(4 * Piece)];
        TurningFile file = new(whole, [.. whole, 1]);
        PinnedStream stream = PinnedStream.Of(file, "file");
        ReadAll(stream, 2 * Piece);
        file.Turn();
        Assert.Throws<SyncException>(() => { stream.ReadAt(new byte[1], whole.Length); });
    }

    [Fact]
    public void What_was_read_of_a_name_is_compared_with_what_is_read_of_it_when_it_is_opened_again()
    {
        MessagePins pins = new();
        ReadAll(PinnedStream.Of(new MemoryFile(Content), "file", pins), 1000);
        byte[] other = [.. Content];
        other[3 * Piece] ^= 1;
        Assert.Equal(Content, ReadAll(PinnedStream.Of(new MemoryFile(Content), "file", pins), 1000));
        Assert.Throws<SyncException>(() => { ReadAll(PinnedStream.Of(new MemoryFile(other), "file", pins), 1000); });
    }

    [Theory]
    [InlineData(0, 64 << 10)]
    [InlineData((4L << 30) - 1, 64 << 10)]
    [InlineData(4L << 30, 128 << 10)]
    [InlineData((1L << 40) - 1, 16 << 20)]
    [InlineData(long.MaxValue, 16 << 20)]
    public void The_table_does_not_grow_with_the_file(long length, int piece)
    {
        MessagePins pins = new();
        Assert.Equal(piece, pins.PieceLengthFor(length));

        // What it was made for stays, whatever is announced later.
        Assert.Equal(piece, pins.PieceLengthFor(0));
    }

    private static byte[] ReadAll(Stream stream, int step)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[step];
        for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
