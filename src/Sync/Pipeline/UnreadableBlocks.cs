using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Finds the faulty blocks after a failed read. Each block is tried by itself: first through the cache, which reads whole pages, then below
/// it, where a single sector can be read. So the time grows with the number of faulty blocks, each of which a disk may try for seconds.
/// </summary>
internal static class UnreadableBlocks
{
    /// <summary>Reads, or names the blocks that cannot be read.</summary>
    /// <param name="storage">Any.</param>
    /// <param name="bytes">To be filled.</param>
    /// <param name="offset">Where.</param>
    /// <param name="geometry">The blocks.</param>
    /// <exception cref="SyncException"><see cref="SyncError.Unreadable"/>.</exception>
    public static void Read(IReadableStorage storage, Span<byte> bytes, long offset, BlockGeometry geometry)
    {
        try
        {
            storage.Read(bytes, offset);
        }
        catch (StorageException failure) when (failure.IsOfMedium && bytes.Length > 0)
        {
            BlockRun blocks = BlockRun.Between(geometry.BlockAt(offset), geometry.BlockAt(offset + bytes.Length - 1) + 1);
            BlockRunList found = Find(storage, geometry, blocks);
            throw Error(storage.Name, found, failure);
        }
    }

    /// <summary>True if a block, or a piece of one, can be read after all.</summary>
    /// <param name="storage">Any.</param>
    /// <param name="bytes">To be filled.</param>
    /// <param name="offset">Where.</param>
    /// <param name="belowCache">Only below the cache.</param>
    public static bool TryRead(IReadableStorage storage, Span<byte> bytes, long offset, bool belowCache = false)
    {
        if (!belowCache)
        {
            try
            {
                storage.ReadOnce(bytes, offset);
                return true;
            }
            catch (StorageException failure) when (failure.IsOfMedium)
            {
                // The fault may be in another sector of the page than those asked for.
            }
        }

        try
        {
            storage.ReadBelowCache(bytes, offset);
            return true;
        }
        catch (StorageException failure) when (failure.IsOfMedium)
        {
            return false;
        }
    }

    /// <summary>An error that names blocks, in the system's words.</summary>
    /// <param name="name">Of the storage.</param>
    /// <param name="blocks">The blocks; if none is faulty any more, the message gives the place where it was.</param>
    /// <param name="cause">The error of the storage.</param>
    /// <param name="rest">Anything else to say; begins with "; ".</param>
    public static SyncException Error(string name, BlockRunList blocks, StorageException cause, string rest = "")
    {
        string words = cause.Message.StartsWith($"{name}: ", StringComparison.Ordinal) ? cause.Message[(name.Length + 2)..] : cause.Message;
        return new SyncException(
            SyncReason.UnreadableBlocks,
            name,
            blocks.BlockCount == 0 ? words + rest : $"{words}: {blocks}{rest}",
            blocks.Runs);
    }

    private static BlockRunList Find(IReadableStorage storage, BlockGeometry geometry, BlockRun blocks)
    {
        BlockRunList found = new();
        byte[] buffer = new byte[Math.Min(geometry.BlockSize, BlockScanner.ChunkLength)];
        for (long block = blocks.First; block < blocks.End; block++)
        {
            long end = geometry.OffsetOf(block) + geometry.LengthOf(block);
            bool isWhole = true;
            for (long at = geometry.OffsetOf(block); isWhole && at < end; at += buffer.Length)
            {
                isWhole = TryRead(storage, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
            }

            if (!isWhole)
            {
                found.Add(new BlockRun(block, 1));
            }
        }

        return found;
    }
}

/// <summary>A sink that also gets blocks that cannot be read, in order with the others.</summary>
internal interface IUnreadableSink : IBlockSink
{
    /// <summary>Blocks whose content is not known.</summary>
    void AddUnreadable(BlockRun run);
}
