namespace BinarySync.Storage.Tests.Support;

public static class Bytes
{
    public static byte[] Pattern(int length, int seed = 0)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(1 + ((i + seed + (i >> 9)) % 255));
        }

        return bytes;
    }

    public static byte[] ReadAll(this IReadableStorage storage)
    {
        byte[] bytes = new byte[storage.Length];
        storage.Read(bytes, 0);
        return bytes;
    }
}
