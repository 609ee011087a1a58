using BinarySync.Sync.Messages;

namespace BinarySync.Sync.Tests.Reading;

/// <summary>Tags differ where pieces, their lengths, or the processes' keys do; how a piece is read makes no difference.</summary>
public sealed class PieceTagTests
{
    private const int Slice = MessagePins.SmallestPiece;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Slice)]
    [InlineData((3 * Slice) + 5)]
    [InlineData(MessagePins.LargestPiece - 1)]
    public void A_piece_has_one_tag_however_it_comes_and_every_bit_of_it_counts(int length)
    {
        byte[] piece = new byte[length];
        new Random(length).NextBytes(piece);
        MessagePins pins = new();
        using PieceTag tag = pins.NewTag();
        using PieceTag another = pins.NewTag();
        byte[] value = Of(tag, piece);
        for (int at = 0; at < length; at += Slice)
        {
            another.Append(piece.AsSpan(at, Math.Min(Slice, length - at)));
        }

        byte[] sliced = new byte[PieceTag.Length];
        another.Finish(sliced);
        Assert.Equal(value, sliced);
        Assert.Equal(value, Of(tag, piece));
        for (int at = 0; at < length; at += Math.Max(1, length / 5))
        {
            piece[at] ^= 0x10;
            Assert.NotEqual(value, Of(tag, piece));
            piece[at] ^= 0x10;
        }

        Assert.NotEqual(value, Of(tag, [.. piece, 0]));
        Assert.NotEqual(value, Of(new MessagePins().NewTag(), piece));
    }

    [Fact]
    public void Slices_in_another_order_are_another_piece()
    {
        byte[] piece = new byte[2 * Slice];
        piece[0] = 1;
        byte[] turned = [.. piece[Slice..], .. piece[..Slice]];
        using PieceTag tag = new MessagePins().NewTag();
        Assert.NotEqual(Of(tag, piece), Of(tag, turned));
    }

    private static byte[] Of(PieceTag tag, byte[] piece)
    {
        byte[] value = new byte[PieceTag.Length];
        tag.Of(piece, value);
        return value;
    }
}
