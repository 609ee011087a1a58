namespace BinarySync.Format;

/// <summary>What the trailer of a data request or data file counts (Format.md 5).</summary>
internal readonly record struct OperationCounts(long Groups, long Operations, long DataBlocks, long DataBytes, long ZeroBlocks)
{
    /// <summary>With one more group.</summary>
    public OperationCounts With(OperationGroup group) => new(
        Groups + 1,
        Operations + group.Operations.Count,
        DataBlocks + group.DataBlocks,
        DataBytes + group.ContentLength,
        ZeroBlocks + group.ZeroBlocks);

    /// <summary>Both together.</summary>
    public OperationCounts Plus(OperationCounts other) => new(
        Groups + other.Groups, Operations + other.Operations, DataBlocks + other.DataBlocks, DataBytes + other.DataBytes, ZeroBlocks + other.ZeroBlocks);

    /// <summary>What a trailer says. Copies are not built yet: a message with some is refused before it is counted.</summary>
    public static OperationCounts Of(MessageTrailer trailer) => new(
        trailer.Groups!.Value, trailer.Operations!.Value, trailer.DataBlocks!.Value, trailer.DataBytes!.Value, trailer.ZeroBlocks!.Value);

    /// <summary>The trailer that says it; what the container knows is left to it.</summary>
    public MessageTrailer ToTrailer(ReadOnlyMemory<byte> baseRoot, ReadOnlyMemory<byte> targetRoot) => new()
    {
        BaseRoot = baseRoot,
        TargetRoot = targetRoot,
        Groups = Groups,
        Operations = Operations,
        DataBlocks = DataBlocks,
        DataBytes = DataBytes,
        ZeroBlocks = ZeroBlocks,
        CopyBlocks = 0,
    };
}
