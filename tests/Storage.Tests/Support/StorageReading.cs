namespace BinarySync.Storage.Tests.Support;

public static class StorageReading
{
    public static byte[] ReadAll(this IReadableStorage storage)
    {
        byte[] bytes = new byte[storage.Length];
        storage.Read(bytes, 0);
        return bytes;
    }
}
