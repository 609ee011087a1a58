using BinarySync.Storage;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>The calls of a storage.</summary>
public enum DiskCall
{
    Read,
    ReadBelowCache,
    ExtentAt,
    ReadStamp,
    Write,
    ZeroRange,
    PunchHole,
    Allocate,
    ReleasePastEnd,
    SetLength,
    Flush,
}

/// <summary>A call that was made.</summary>
/// <param name="Call">Which.</param>
/// <param name="Offset">First byte; 0 where there is none.</param>
/// <param name="Length">Bytes; for <see cref="DiskCall.SetLength"/> the new length.</param>
/// <param name="Done">False where the storage said "cannot" or threw.</param>
public readonly record struct DiskEvent(DiskCall Call, long Offset, long Length, bool Done)
{
    public long End => Offset + Length;

    /// <summary>True for a call that changes bytes or the length.</summary>
    public bool ChangesContent => Call is DiskCall.Write or DiskCall.ZeroRange or DiskCall.PunchHole or DiskCall.SetLength;

    /// <summary>True for a call that changes anything at all.</summary>
    public bool Changes => ChangesContent || Call is DiskCall.Allocate or DiskCall.ReleasePastEnd;
}

/// <summary>A call that shall fail.</summary>
/// <param name="Call">Which.</param>
/// <param name="Number">The n-th call of this kind from now on, from 1.</param>
/// <param name="Error">How.</param>
/// <param name="BytesDone">Of a write: the bytes that are written before it fails.</param>
public sealed record DiskFault(DiskCall Call, int Number, StorageError Error, int BytesDone = 0);
