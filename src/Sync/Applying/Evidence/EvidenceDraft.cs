namespace BinarySync.Sync.Applying.Evidence;

/// <summary>What a plan gathers as evidence about its target.</summary>
/// <param name="Witnesses">Sectors that change.</param>
/// <param name="Untouched">Blocks that do not change, ascending.</param>
internal sealed record EvidenceDraft(WitnessCollector Witnesses, IReadOnlyList<long> Untouched);

/// <summary>Blocks that a plan has found in the target, including those in windows, which it does not believe.</summary>
/// <param name="Old">Blocks that are old and not new.</param>
/// <param name="New">Blocks that are new and not old.</param>
/// <param name="Torn">Blocks in windows that are neither.</param>
internal readonly record struct SeenBlocks(long Old, long New, long Torn);
