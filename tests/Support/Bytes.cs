namespace BinarySync.Tests.Support;

/// <summary>Content for tests.</summary>
public static class Bytes
{
    /// <summary>Bytes that are never zero and differ from place to place.</summary>
    public static byte[] Pattern(int length, int seed = 0)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(1 + ((i + seed + (i >> 9)) % 255));
        }

        return bytes;
    }
}
