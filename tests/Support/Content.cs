namespace BinarySync.Tests.Support;

/// <summary>Content that looks like a disk's: noise, text, zeros; the same in every run.</summary>
public static class Content
{
    /// <summary>Some bytes of content.</summary>
    public static byte[] Make(long length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        Random random = new(seed);
        for (int at = 0; at < length;)
        {
            Span<byte> piece = bytes.AsSpan(at, (int)Math.Min(length - at, 1 + random.Next(9000)));
            switch (random.Next(4))
            {
                case 0:
                    break;
                case 1:
                    for (int i = 0; i < piece.Length; i++)
                    {
                        piece[i] = (byte)"all work and no play "[(at + i) % 21];
                    }

                    break;
                default:
                    random.NextBytes(piece);
                    break;
            }

            at += piece.Length;
        }

        // Never a file of nothing but zeros by chance: its size is what the tests vary.
        if (length > 0)
        {
            bytes[0] = (byte)(1 + (seed % 255));
        }

        return bytes;
    }

    /// <summary>A later self: another length, and here and there blocks that were changed, zeroed, or filled where zeros were.</summary>
    public static byte[] Later(ReadOnlySpan<byte> earlier, long length, int blockSize, int seed = 2)
    {
        byte[] bytes = Make(length, seed);
        earlier[..(int)Math.Min(earlier.Length, length)].CopyTo(bytes);
        Random random = new(seed);
        for (long at = 0; at < length; at += blockSize)
        {
            Span<byte> block = bytes.AsSpan((int)at, (int)Math.Min(blockSize, length - at));
            switch (random.Next(6))
            {
                case 0:
                    block[random.Next(block.Length)] ^= 0x55;
                    break;
                case 1:
                    block.Clear();
                    break;
                case 2:
                    random.NextBytes(block);
                    break;
                default:
                    break;
            }
        }

        return bytes;
    }
}
