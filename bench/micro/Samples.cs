using System.Text;

namespace BinarySync.Bench.Micro;

/// <summary>Bytes to measure on: the same in every run.</summary>
internal static class Samples
{
    private const int Seed = 20;

    private static readonly string[] Words =
        [
            "daemon",
            "kernel",
            "session",
            "opened",
            "closed",
            "for",
            "user",
            "root",
            "error",
            "block",
            "device",
            "started",
            "unit",
            "of",
            "the",
            "network"];

    /// <summary>Nothing shrinks these.</summary>
    public static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>What the programs call so.</summary>
    public static Compression CompressionOf(string name) => name switch
    {
        "lz4" => Compression.DefaultLZ4,
        "brotli:1" => new Compression(FrameCodec.Brotli, 1),
        "brotli:5" => new Compression(FrameCodec.Brotli, ContentCodec.Brotli.DefaultLevel),
        _ => Compression.None,
    };

    /// <summary>Lines as in a log.</summary>
    public static byte[] Text(int length)
    {
        Random random = new(Seed);
        StringBuilder text = new(length + 100);
        while (text.Length < length)
        {
            text.Append("Nov 20 16:").Append(random.Next(10, 60)).Append(':').Append(random.Next(10, 60));
            text.Append(" host[").Append(random.Next(30_000)).Append("]:");
            for (int i = random.Next(4, 12); i > 0; i--)
            {
                text.Append(' ').Append(Words[random.Next(Words.Length)]);
            }

            text.Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
