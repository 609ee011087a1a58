using BinarySync.Format;

namespace BinarySync.Sync.Applying;

/// <summary>Room for what is gathered: little more than one group of a data file needs. Tests make it small.</summary>
internal sealed record CopyGatherLimits
{
    /// <summary>Slices of copies.</summary>
    public int Slices { get; init; } = FormatLimits.MaxGroupOperations;

    /// <summary>Bytes of their hashes. One slice may have more.</summary>
    public long HashBytes { get; init; } = (2 * FormatLimits.MaxGroupHashBytes) + (
        FormatLimits.MaxGroupOperations * OperationGroup.Sha256Length);
}
