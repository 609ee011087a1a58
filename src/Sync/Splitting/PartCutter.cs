using BinarySync.Format;

namespace BinarySync.Sync.Splitting;

/// <summary>
/// Cuts groups into parts after a number of raw bytes (Format.md 4.5), and keeps account of how long the parts' files can become.
/// </summary>
/// <param name="splitSize">Raw bytes after which a part is closed.</param>
/// <param name="emptyPart">Bytes of a part's file without any group.</param>
/// <param name="frameSize">Raw bytes of a frame.</param>
internal sealed class PartCutter(long splitSize, long emptyPart, int frameSize)
{
    private readonly List<Part> _parts = [];
    private long _longest;

    public long SplitSize => splitSize;

    /// <summary>True if there are more parts than a set can have; from then on, no more are kept.</summary>
    public bool HasTooMany => _parts.Count > FormatLimits.MaxParts;

    /// <summary>Bytes of the longest file.</summary>
    public long Longest => Math.Max(emptyPart, _longest);

    /// <summary>Adds a group of the request.</summary>
    public void Add(OperationGroup group)
    {
        if (HasTooMany)
        {
            return;
        }

        if (_parts.Count == 0 || _parts[^1].DataBytes + group.ContentLength > splitSize)
        {
            _parts.Add(new Part(0, 0, emptyPart, 0));
        }

        long frames = (group.ContentLength + frameSize - 1) / frameSize;
        long stored = ((1 + frames) * SectionHeader.Length) + group.Payload.Length + (
            (long)group.Copies * OperationGroup.Sha256Length) + group.ContentLength;
        Part part = _parts[^1];
        long unsent = group.Operations.Sum(operation => operation.New == NewKind.Data ? 0 : operation.Blocks.Count);
        _parts[^1] = new Part(part.Groups + 1, part.DataBytes + group.ContentLength, part.MostBytes + stored, part.UnsentBlocks + unsent);
        _longest = Math.Max(_longest, _parts[^1].MostBytes);
    }

    /// <summary>All parts, once all groups have been added. A request without groups is one part.</summary>
    /// <param name="id">The identity of the set.</param>
    public IReadOnlyList<PartPlan> Finish(ReadOnlyMemory<byte> id)
    {
        if (_parts.Count == 0)
        {
            _parts.Add(new Part(0, 0, emptyPart, 0));
        }

        List<PartPlan> plans = new(_parts.Count);
        long first = 0;
        foreach (Part part in _parts)
        {
            SetPart place = new()
            {
                Id = id,
                Part = plans.Count + 1,
                Parts = _parts.Count,
                FirstGroup = first,
                GroupCount = part.Groups,
                SplitSize = splitSize,
            };
            plans.Add(new PartPlan(place, part.DataBytes, part.MostBytes, part.UnsentBlocks));
            first += part.Groups;
        }

        return plans;
    }

    private readonly record struct Part(long Groups, long DataBytes, long MostBytes, long UnsentBlocks);
}
