using System.Runtime.CompilerServices;

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

    /// <summary>In half a token: bytes with the rest of the length follow.</summary>
    private const int LengthFollows = 15;

    public static bool Hold(ReadOnlySpan<byte> block, int rawLength)
    {
        int at = 0;
        long made = 0;
        while (at < block.Length)
        {
            int token = block[at++];
            long literals = token >> 4;
            if (!TryReadRest(block, ref at, ref literals) || literals > block.Length - at)
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
            long match = token & LengthFollows;
            if (offset == 0 || offset > made || made > rawLength - LastMatch || !TryReadRest(block, ref at, ref match))
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

    // Fifteen means that bytes follow, and 255 in one of them means that another follows. False if the block ends before they do. Most
    // lengths are short: this is compiled into its callers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadRest(ReadOnlySpan<byte> block, ref int at, ref long length)
    {
        if (length < LengthFollows)
        {
            return true;
        }

        int bytes = at < block.Length && block[at] < byte.MaxValue ? 1 : 1 + block[at..].IndexOfAnyExcept(byte.MaxValue);
        at += bytes;
        length += bytes == 0 ? 0 : ((bytes - 1L) * byte.MaxValue) + block[at - 1];
        return bytes > 0;
    }
}
