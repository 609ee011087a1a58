using System.Diagnostics.CodeAnalysis;

namespace BinarySync.Format;

/// <summary>The header of a data file.</summary>
public sealed record DataFileHeader : OperationsHeader
{
    public DataFileHeader()
    {
    }

    /// <summary>The header of a data file with the operations of another message.</summary>
    /// <param name="request">The header of a data request, or of another data file.</param>
    /// <param name="frameSize">Raw bytes of a full frame.</param>
    [SetsRequiredMembers]
    public DataFileHeader(OperationsHeader request, int frameSize)
    {
        BlockSize = request.BlockSize;
        Hash = request.Hash;
        Coverage = request.Coverage;
        Label = request.Label;
        Parent = request.Parent;
        BaseSize = request.BaseSize;
        TargetSize = request.TargetSize;
        Bases = request.Bases;
        IsForward = request.IsForward;
        AllowsShift = request.AllowsShift;
        FrameSize = frameSize;
    }

    public override MessageKind Kind => MessageKind.DataFile;

    /// <summary>Raw bytes of a full frame: a power of two from 64 KiB to 4 MiB.</summary>
    public required int FrameSize { get; init; }

    /// <summary>Its place in a data file of several parts, or null (Format.md 4.5).</summary>
    public SetPart? Set { get; init; }

    /// <summary>
    /// Content may be compressed with <see cref="FrameCodec.Zstd"/> (Format.md 4.7). Needs version 1.1, whether or not a frame makes use of
    /// it.
    /// </summary>
    public bool AllowsZstd { get; init; }

    /// <summary>
    /// Content may be compressed over the old content of its blocks, with <see cref="FrameCodec.Prefix"/> (Format.md 4.8). Needs
    /// version 1.1, whether or not a frame makes use of it. Only with frames of whole blocks, and neither with <see
    /// cref="OperationsHeader.Bases"/> nor with <see cref="OperationsHeader.IsForward"/>.
    /// </summary>
    public bool AllowsPrefix { get; init; }

    public override byte Minor => Math.Max(base.Minor, AllowsZstd || AllowsPrefix ? ContentCodec.Zstd.SinceMinor : (byte)0);

    /// <summary>True if frames may have this codec, and for others than 5 the literals of frames with repeats too.</summary>
    public bool Allows(FrameCodec codec) => codec switch
    {
        FrameCodec.Zstd => AllowsZstd,
        FrameCodec.Prefix => AllowsPrefix,
        _ => true,
    };

    /// <summary>The header of a data request for the same operations.</summary>
    public DataRequestHeader ToRequest() => new()
    {
        BlockSize = BlockSize,
        Hash = Hash,
        Coverage = Coverage,
        Label = Label,
        Parent = Parent,
        BaseSize = BaseSize,
        TargetSize = TargetSize,
        Bases = Bases,
        IsForward = IsForward,
        AllowsShift = AllowsShift,
    };
}
