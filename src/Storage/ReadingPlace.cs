namespace BinarySync.Storage;

/// <summary>Reading from the page cache or from below it, as a pass decides.</summary>
public static class ReadingPlace
{
    /// <summary>Fills the buffer.</summary>
    /// <param name="storage">Any.</param>
    /// <param name="buffer">Filled completely.</param>
    /// <param name="offset">Byte offset.</param>
    /// <param name="belowCache">
    /// <see cref="IReadableStorage.ReadBelowCache"/> in place of <see cref="IReadableStorage.Read"/>.
    /// </param>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static void Read(this IReadableStorage storage, Span<byte> buffer, long offset, bool belowCache)
    {
        if (belowCache)
        {
            storage.ReadBelowCache(buffer, offset);
        }
        else
        {
            storage.Read(buffer, offset);
        }
    }
}
