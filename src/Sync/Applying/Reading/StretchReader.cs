using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Reads a stretch, and gives positions in the stream.</summary>
internal sealed class StretchReader(OperationReader file, StreamStretch stretch) : IOperationReader
{
    public OperationsHeader Header => file.Header;

    public DataFileHeader FileHeader => file.FileHeader;

    public SyncGeometry Geometry => file.Geometry;

    public string Source => file.Source;

    public long Position => file.Position;

    public OperationsTrailer Trailer => file.Trailer;

    public SectionHeader Frame => file.Frame;

    public (long Number, long Offset) FramePosition =>
        (file.FramePosition.Number + stretch.SectionsBefore, file.FramePosition.Offset + stretch.OffsetShift);

    public long GroupOffset => file.GroupOffset;

    public CopyRunList? Copies => file.Copies;

    public IReadOnlyList<int>? CopyOrder => file.CopyOrder;

    public OperationsTrailer? PeekTrailer() => file.PeekTrailer();

    public bool ReadGroup(OperationGroup group) => file.ReadGroup(group);

    public void ReadGroupAt(long offset, OperationGroup group) => file.ReadGroupAt(offset, group);

    public bool ReadFrame(out ReadOnlyMemory<byte> stored) => file.ReadFrame(out stored);

    public byte[] ExchangePayload(byte[] replacement) => file.ExchangePayload(replacement);

    public FramePieces ExchangePieces(FramePieces replacement) => file.ExchangePieces(replacement);

    public void ForgetCopies() => file.ForgetCopies();
}
