using System.Buffers.Binary;
using System.Text;

namespace BinarySync.Format.Tests.Blocks;

/// <summary>
/// Blocks that XXH3 and XXH128 take for one another, written down in closed form. The two lanes that differ are multiplied by a number
/// that the content itself
/// makes zero, and what is added for one of them is taken away for the other.
/// </summary>
internal static class CollidingBlocks
{
    public const int Length = 4096;

    // XXH3's published default secret, bytes 0 to 3 and 8 to 11: what lane 0 of the first and of the second stripe is combined with.
    private const uint FirstSecret = 0x396cfeb8;
    private const uint SecondSecret = 0x2c81017c;
    private const int Stripe = 64;

    /// <summary>A block with four letters of one's choice in it. All of them have one value.</summary>
    public static byte[] Of(string letters)
    {
        byte[] block = new byte[Length];
        for (int i = 0; i < Length; i++)
        {
            block[i] = (byte)((i * 197) ^ (i >> 5));
        }

        uint word = BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes(letters));
        Put(0, FirstSecret, word);
        Put(Stripe, SecondSecret, unchecked(0x12345678 - word));
        return block;

        void Put(int at, uint secret, uint chosen)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(at), secret);
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(at + sizeof(uint)), chosen);
        }
    }
}
