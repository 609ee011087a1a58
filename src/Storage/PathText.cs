using System.Text;

namespace BinarySync.Storage;

/// <summary>
/// Paths are bytes, nearly always of UTF-8. A string carries any other byte as half of a surrogate pair, U+DC80 to U+DCFF, which no UTF-8
/// gives. So every path can be held, changed and handed back as it was.
/// </summary>
public static class PathText
{
    private const char Carrier = '\uDC00';
    private const char FirstCarrier = '\uDC80';
    private const char LastCarrier = '\uDCFF';

    /// <summary>The bytes of a path, without a zero at the end.</summary>
    public static byte[] Encode(ReadOnlySpan<char> path)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        int count = 0;
        while (!path.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf16(path, out Rune rune, out int taken) == System.Buffers.OperationStatus.Done;
            if (!isWhole && path[0] is >= FirstCarrier and <= LastCarrier)
            {
                bytes[count++] = (byte)(path[0] - Carrier);
            }
            else
            {
                count += rune.EncodeToUtf8(bytes.AsSpan(count));
            }

            path = path[taken..];
        }

        return bytes[..count];
    }

    /// <summary>The path that has these bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        StringBuilder path = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int taken) == System.Buffers.OperationStatus.Done)
            {
                path.Append(rune.ToString());
            }
            else
            {
                foreach (byte value in bytes[..taken])
                {
                    path.Append((char)(Carrier + value));
                }
            }

            bytes = bytes[taken..];
        }

        return path.ToString();
    }
}
