namespace BinarySync.Format;

/// <summary>
/// Whether an LZ4 block is one that every decoder decodes alike (Format.md 2.3). Decoders differ in what they accept: an offset of 0
/// repeats the old content of the buffer, and matches near the end may be read past it.
/// </summary>
internal static class LZ4Rules
{
    private const int ShortestMatch = 4;

    /// <summary>The number of bytes at the end that must be literals.</summary>
    private const int LastLiterals = 5;

    /// <summary>No match begins nearer to the end than this.</summary>
    private const int LastMatch = 12;

    private const int OffsetLength = sizeof(ushort);

    public static bool Hold(ReadOnlySpan<byte> block, int rawLength)
    {
        int at = 0;
        long made = 0;
        while (at < block.Length)
        {
            byte token = block[at++];
            if (!TryReadLength(block, ref at, token >> 4, out long literals) || literals > block.Length - at)
            {
                return false;
            }

            at += (int)literals;
            made += literals;
            if (at == block.Length)
            {
                return made == rawLength;
            }

            if (block.Length - at < OffsetLength)
            {
                return false;
            }

            int offset = block[at] | (block[at + 1] << 8);
            at += OffsetLength;
            if (offset == 0 || offset > made || made > rawLength - LastMatch || !TryReadLength(block, ref at, token & 0x0F, out long match))
            {
                return false;
            }

            made += match + ShortestMatch;
            if (made > rawLength - LastLiterals)
            {
                return false;
            }
        }

        return false;
    }

    // Fifteen means that bytes follow, and 255 in one of them means that another follows.
    private static bool TryReadLength(ReadOnlySpan<byte> block, ref int at, int nibble, out long length)
    {
        length = nibble;
        if (nibble < 15)
        {
            return true;
        }

        while (at < block.Length)
        {
            byte more = block[at++];
            length += more;
            if (more < byte.MaxValue)
            {
                return true;
            }
        }

        return false;
    }
}
