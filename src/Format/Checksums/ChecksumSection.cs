namespace BinarySync.Format;

/// <summary>
/// The runs of one section of a checksum file, with their hashes and sums. The object may be used again for another section.
/// </summary>
public sealed class ChecksumSection
{
    private readonly List<ChecksumRun> _runs = [];

    /// <summary>In order; their hashes and sums are valid until the object is used again.</summary>
    public IReadOnlyList<ChecksumRun> Runs => _runs;

    /// <summary>The array that holds the hashes.</summary>
    internal byte[] Payload { get; set; } = [];

    /// <summary>The array that holds the rolling sums.</summary>
    internal byte[] Sums { get; set; } = [];

    internal void Clear() => _runs.Clear();

    internal void Add(in ChecksumRun run) => _runs.Add(run);
}
