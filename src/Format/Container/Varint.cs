namespace BinarySync.Format;

/// <summary>LEB128, unsigned, at most 63 bits, as short as possible (Format.md 1).</summary>
internal static class Varint
{
    /// <summary>The most bytes that a value takes.</summary>
    public const int MaxLength = 9;

    private const byte More = 0x80;

    /// <summary>Writes the value and returns its length.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        int length = 0;
        while (value >= More)
        {
            destination[length++] = (byte)(value | More);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a value and moves past it. False if it is cut short, too long or not as short as possible.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        value = 0;
        for (int i = 0; i < MaxLength && position < source.Length; i++)
        {
            byte part = source[position++];
            value |= (long)(part & ~More) << (7 * i);
            if (part < More)
            {
                return part != 0 || i == 0;
            }
        }

        return false;
    }
}
