using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>How much is verified after writing.</summary>
public enum VerifyMode
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The blocks that the data file speaks of.</summary>
    Written,

    /// <summary>The whole coverage, by its root.</summary>
    Full,
}

/// <summary>Whether blocks of zeros become holes of a regular file.</summary>
public enum SparseMode
{
    /// <summary>Only in a file that has holes already.</summary>
    Auto,

    Always,

    /// <summary>Zeros are written.</summary>
    Never,
}

/// <summary>How a data file is applied.</summary>
public sealed record ApplySpecification
{
    /// <summary>Change nothing; find out everything that applying would.</summary>
    public bool DryRun { get; init; }

    /// <summary>Before writing, compare the whole target with the base's root.</summary>
    public bool CheckBase { get; init; }

    public VerifyMode Verify { get; init; } = VerifyMode.Written;

    public SparseMode Sparse { get; init; } = SparseMode.Auto;

    /// <summary>Overwrite blocks even if they are neither old nor new.</summary>
    public bool ForceUnrecognized { get; init; }
}

/// <summary>What is to be done, found out without changing anything.</summary>
public sealed record PatchPlan
{
    public required MessageHeader Header { get; init; }

    public required MessageTrailer Trailer { get; init; }

    public required TargetSizing Sizing { get; init; }

    /// <summary>Blocks that are as the base was.</summary>
    public required long OldBlocks { get; init; }

    /// <summary>Blocks that already are as they shall be.</summary>
    public required long NewBlocks { get; init; }

    /// <summary>Blocks that are neither.</summary>
    public required BlockRunList Unrecognized { get; init; }

    /// <summary>Blocks that would be written.</summary>
    public long BlocksToWrite => OldBlocks + Unrecognized.BlockCount;
}

/// <summary>What came of applying.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="DryRun">True where nothing was changed.</param>
/// <param name="Written">What was written.</param>
/// <param name="VerifiedBytes">Bytes read back and found right.</param>
public sealed record ApplyResult(PatchPlan Plan, bool DryRun, WriteCounts Written, long VerifiedBytes);

/// <summary>What was written.</summary>
/// <param name="DataBlocks">Blocks written with content.</param>
/// <param name="DataBytes">Their bytes.</param>
/// <param name="ZeroBlocks">Blocks turned to zeros.</param>
public readonly record struct WriteCounts(long DataBlocks, long DataBytes, long ZeroBlocks);
