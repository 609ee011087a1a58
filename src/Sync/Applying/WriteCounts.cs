using BinarySync.Format;

namespace BinarySync.Sync.Applying;

/// <summary>Counts of what was written.</summary>
/// <param name="DataBlocks">Blocks written with content.</param>
/// <param name="DataBytes">Their bytes.</param>
/// <param name="ZeroBlocks">Blocks turned to zeros.</param>
/// <param name="CopyBlocks">Blocks copied from elsewhere in the target.</param>
/// <param name="CopyBytes">Their bytes.</param>
public readonly record struct WriteCounts(long DataBlocks, long DataBytes, long ZeroBlocks, long CopyBlocks, long CopyBytes);
