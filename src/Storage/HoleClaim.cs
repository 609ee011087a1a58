namespace BinarySync.Storage;

/// <summary>Holes that cannot all be true: a file system says more than the space that the file takes allows.</summary>
/// <param name="HoleBytes">Bytes that it calls holes.</param>
/// <param name="PossibleBytes">Bytes of holes that there can be at most.</param>
public readonly record struct HoleClaim(long HoleBytes, long PossibleBytes);
