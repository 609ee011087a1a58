namespace BinarySync.Format;

/// <summary>The counts in the trailer of a data request or data file (Format.md 5).</summary>
internal readonly record struct OperationCounts(
    long Groups, long Operations, long DataBlocks, long DataBytes, long ZeroBlocks, long CopyBlocks)
{
    /// <summary>With one more group.</summary>
    public OperationCounts With(OperationGroup group) => new(
        Groups + 1,
        Operations + group.Operations.Count,
        DataBlocks + group.DataBlocks,
        DataBytes + group.ContentLength,
        ZeroBlocks + group.ZeroBlocks,
        CopyBlocks + group.CopyBlocks);

    /// <summary>With one more run; the builder counts groups and operations.</summary>
    public OperationCounts With(BlockRun run, NewKind kind, BlockGeometry target) => kind switch
    {
        NewKind.Data => this with { DataBlocks = DataBlocks + run.Count, DataBytes = DataBytes + target.LengthOf(run) },
        NewKind.Copy => this with { CopyBlocks = CopyBlocks + run.Count },
        _ => this with { ZeroBlocks = ZeroBlocks + run.Count },
    };

    /// <summary>Both together.</summary>
    public OperationCounts Plus(OperationCounts other) => new(
        Groups + other.Groups,
        Operations + other.Operations,
        DataBlocks + other.DataBlocks,
        DataBytes + other.DataBytes,
        ZeroBlocks + other.ZeroBlocks,
        CopyBlocks + other.CopyBlocks);

    /// <summary>The counts of a trailer.</summary>
    public static OperationCounts Of(OperationsTrailer trailer) => new(
        trailer.Groups,
        trailer.Operations,
        trailer.DataBlocks,
        trailer.DataBytes,
        trailer.ZeroBlocks,
        trailer.CopyBlocks);

    /// <summary>The trailer with these counts; the container fills in its own fields.</summary>
    /// <param name="baseRoot">Empty if the header lists several.</param>
    /// <param name="targetRoot">The root of B.</param>
    public OperationsTrailer ToTrailer(ReadOnlyMemory<byte> baseRoot, ReadOnlyMemory<byte> targetRoot) => new()
    {
        BaseRoot = baseRoot,
        TargetRoot = targetRoot,
        Groups = Groups,
        Operations = Operations,
        DataBlocks = DataBlocks,
        DataBytes = DataBytes,
        ZeroBlocks = ZeroBlocks,
        CopyBlocks = CopyBlocks,
    };
}
