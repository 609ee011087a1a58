using BinarySync.Format;

namespace BinarySync.Sync.Splitting;

/// <summary>The content of one part of a set.</summary>
/// <param name="Set">As in its header.</param>
/// <param name="DataBytes">Raw bytes of its content.</param>
/// <param name="MostBytes">Bytes that its file has at most, whatever the content compresses to.</param>
/// <param name="UnsentBlocks">Blocks that are copied or become zeros: they are read on the master too.</param>
public sealed record PartPlan(SetPart Set, long DataBytes, long MostBytes, long UnsentBlocks);

/// <summary>How a data request is cut into parts (Format.md 4.5). Holds the request until it is disposed of.</summary>
public sealed class SplitPlan : IDisposable
{
    private readonly Stream _request;
    private readonly string _name;
    private readonly bool _isConverted;

    internal SplitPlan(Stream request, string name, bool isConverted, OperationsTrailer trailer, IReadOnlyList<PartPlan> parts)
    {
        _request = request;
        _name = name;
        _isConverted = isConverted;
        Trailer = trailer;
        Parts = parts;
    }

    /// <summary>The trailer of the request that is cut: the counts are those of all parts together.</summary>
    public OperationsTrailer Trailer { get; }

    /// <summary>In order; at least one.</summary>
    public IReadOnlyList<PartPlan> Parts { get; }

    /// <summary>
    /// Begins to read the request that is cut: the request itself, or a copy of it in which some blocks are sent instead of copied.
    /// </summary>
    internal OperationReader Open()
    {
        _request.Position = 0;
        return new OperationReader(_request, _name, MessageKind.DataRequest);
    }

    public void Dispose()
    {
        if (_isConverted)
        {
            _request.Dispose();
        }
    }
}
