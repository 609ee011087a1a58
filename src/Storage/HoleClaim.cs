namespace BinarySync.Storage;

/// <summary>Holes that cannot all be true: the file system claims more holes than the space of the file allows.</summary>
/// <param name="HoleBytes">Bytes that it calls holes.</param>
/// <param name="PossibleBytes">The most bytes of holes that there can be.</param>
public readonly record struct HoleClaim(long HoleBytes, long PossibleBytes);
