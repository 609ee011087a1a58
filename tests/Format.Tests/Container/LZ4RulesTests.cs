using K4os.Compression.LZ4;

namespace BinarySync.Format.Tests.Container;

/// <summary>
/// The rules as they are checked, against the rules as they are written (Format.md 2.3), on blocks that are nearly right.
/// </summary>
public class LZ4RulesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_damaged_block_is_refused_exactly_where_a_rule_is_broken(int seed)
    {
        Random random = new(seed);
        int held = 0;
        int broken = 0;
        for (int round = 0; round < 400; round++)
        {
            // Few values and long runs: short and long literals and matches, with lengths of several bytes.
            byte[] raw = new byte[random.Next(1, 5000)];
            for (int at = 0; at < raw.Length;)
            {
                int length = Math.Min(raw.Length - at, random.Next(3) == 0 ? random.Next(1, 1500) : random.Next(1, 40));
                Span<byte> run = raw.AsSpan(at, length);
                if (random.Next(2) == 0)
                {
                    random.NextBytes(run);
                }
                else
                {
                    run.Fill((byte)random.Next(3));
                }

                at += length;
            }

            byte[] stored = new byte[LZ4Codec.MaximumOutputSize(raw.Length)];
            int count = LZ4Codec.Encode(raw, stored);
            Span<byte> block = stored.AsSpan(0, count);
            Assert.True(LZ4Rules.Hold(block, raw.Length));
            for (int change = 0; change < 40; change++)
            {
                byte[] other = block.ToArray();
                other[random.Next(other.Length)] = random.Next(3) switch
                {
                    0 => 0,
                    1 => 255,
                    _ => (byte)random.Next(256),
                };
                ReadOnlySpan<byte> some = other.AsSpan(0, random.Next(4) == 0 ? random.Next(1, other.Length + 1) : other.Length);
                bool expected = AsWritten(some, raw.Length);
                held += expected ? 1 : 0;
                broken += expected ? 0 : 1;
                Assert.Equal(expected, LZ4Rules.Hold(some, raw.Length));
            }
        }

        Assert.True(held > 1000 && broken > 1000, $"{held} held, {broken} broken");
    }

    private static bool AsWritten(ReadOnlySpan<byte> block, int rawLength)
    {
        Queue<byte> left = new(block.ToArray());
        long made = 0;
        while (left.TryDequeue(out byte token))
        {
            long literals = Length(token / 16);
            if (literals < 0 || literals > left.Count)
            {
                return false;
            }

            for (long i = 0; i < literals; i++, made++)
            {
                left.Dequeue();
            }

            if (left.Count == 0)
            {
                return made == rawLength;
            }

            if (left.Count == 1)
            {
                return false;
            }

            int offset = left.Dequeue() + (256 * left.Dequeue());
            long begin = made;
            long match = Length(token % 16);
            made += match + 4;
            if (offset == 0 || offset > begin || match < 0 || begin > rawLength - 12 || made > rawLength - 5)
            {
                return false;
            }
        }

        return false;

        long Length(int nibble)
        {
            long length = nibble;
            byte more = 255;
            while (nibble == 15 && more == 255)
            {
                if (!left.TryDequeue(out more))
                {
                    return -1;
                }

                length += more;
            }

            return length;
        }
    }
}
