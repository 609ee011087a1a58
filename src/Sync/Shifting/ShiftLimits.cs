using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>Limits of the search for shifted content. Tests make them small.</summary>
internal sealed record ShiftLimits
{
    /// <summary>Blocks of A that the table has room for.</summary>
    public int MostEntries { get; init; } = SumTable.MostEntries;

    /// <summary>Runs at most. Groups cut some of them in two, so this is less than a message may have.</summary>
    public int MostRuns { get; init; } = FormatLimits.MaxCopies * 3 / 4;
}
