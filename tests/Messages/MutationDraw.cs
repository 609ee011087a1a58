namespace BinarySync.Tests.Messages;

/// <summary>What is put in the place of what stood in a message, at random.</summary>
internal sealed class MutationDraw(Random random)
{
    private static readonly ulong[] Extremes =
        [
            0,
            1,
            2,
            127,
            128,
            255,
            256,
            511,
            512,
            65_535,
            65_536,
            1 << 22,
            (1 << 22) + 1,
            int.MaxValue,
            uint.MaxValue,
            1UL << 53,
            1UL << 62,
            (1UL << 62) + 1,
            long.MaxValue,
            ulong.MaxValue];

    /// <summary>
    /// A number as a field of this length has it: fields of four and eight bytes are integers, the others of few bytes are varints.
    /// </summary>
    public byte[] Number(int length) => length switch
    {
        sizeof(uint) => Bits.U32(random.Next(2) == 0 ? (uint)Extreme() : (uint)random.Next(8)),
        sizeof(ulong) => Bits.U64(Extreme()),
        _ => Bits.Varint((long)((random.Next(2) == 0 ? Extreme() : (ulong)random.Next(16)) & long.MaxValue)),
    };

    /// <summary>A value of a map.</summary>
    public byte[] Value() => random.Next(6) switch
    {
        0 => [0x90],
        1 => [0x80],
        2 => [0x92, .. Bits.Pack(writer => writer.WriteUnsigned(Extreme())), .. Bits.Pack(writer => writer.WriteUnsigned(Extreme()))],
        3 => Bits.Pack(writer => writer.WriteString(Pick(["xxh128", "sha256", "x", ""]))),
        4 => Bits.Pack(writer => writer.WriteBytes(Noise(random.Next(40)))),
        _ => Noise(random.Next(1, 12)),
    };

    /// <summary>These bytes cut, extended, or with a bit flipped.</summary>
    public byte[] Bend(byte[] bytes)
    {
        switch (random.Next(4))
        {
            case 0 when bytes.Length > 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                return [.. bytes, .. Noise(random.Next(1, 9))];
            default:
                byte[] flipped = [.. bytes];
                if (flipped.Length > 0)
                {
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                }

                return flipped;
        }
    }

    /// <summary>
    /// A number that differs a little, or by some blocks: where a size still is nearly right, the rules about tails are reached. Null
    /// where the value is no number.
    /// </summary>
    public ulong? Nearby(byte[] value)
    {
        try
        {
            CanonicalReader reader = new(value, "mutator", 0);
            ulong number = (ulong)reader.ReadUnsigned("number");
            ulong step = Pick<ulong>([1, 1, 2, 512, 4096, number]);
            return random.Next(2) == 0 || step > number ? number + step : number - step;
        }
        catch (MessageFormatException)
        {
            return null;
        }
    }

    /// <summary>A number at which something may end.</summary>
    public ulong Extreme() => Pick(Extremes);

    public T Pick<T>(T[] from) => from[random.Next(from.Length)];

    public byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
