namespace BinarySync.Sync.Applying.Evidence;

/// <summary>A piece of the target that the data file leaves alone, as it was when the run began.</summary>
/// <param name="Offset">In the target.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">XXH128.</param>
internal readonly record struct SeenPiece(long Offset, int Length, UInt128 Hash)
{
    /// <summary>Bytes of a piece at most.</summary>
    public const int MostBytes = 4096;
}
