namespace BinarySync.Storage;

/// <summary>A stretch of a storage that is either data or a hole (bytes that read as zero and take no space).</summary>
/// <param name="Offset">First byte, from 0.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="IsHole">True for a hole.</param>
public readonly record struct StorageExtent(long Offset, long Length, bool IsHole)
{
    /// <summary>The first byte after the extent.</summary>
    public long End => Offset + Length;
}
