namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// A stream of several groups of a few blocks, which no data file has: a group goes on as far as it can. Each is in a file of its own.
/// </summary>
internal sealed class ManyGroupsReader(IReadOnlyList<byte[]> files) : IOperationReader
{
    private OperationReader _file = new(Message(files[0]), isPartial: true);
    private int _next = 1;

    public OperationsHeader Header => _file.Header;

    public DataFileHeader FileHeader => _file.FileHeader;

    public SyncGeometry Geometry => _file.Geometry;

    public string Source => _file.Source;

    public long Position => _file.Position;

    public long GroupOffset => _file.GroupOffset;

    public CopyRunList? Copies => _file.Copies;

    public IReadOnlyList<int>? CopyOrder => _file.CopyOrder;

    public OperationsTrailer Trailer => _file.Trailer;

    public SectionHeader Frame => _file.Frame;

    public (long Number, long Offset) FramePosition => _file.FramePosition;

    public bool ReadGroup(OperationGroup group)
    {
        while (!_file.ReadGroup(group))
        {
            if (_next == files.Count)
            {
                return false;
            }

            _file = new OperationReader(Message(files[_next++]), isPartial: true);
        }

        return true;
    }

    public bool ReadFrame(out ReadOnlyMemory<byte> stored) => _file.ReadFrame(out stored);

    public OperationsTrailer? PeekTrailer() => _file.PeekTrailer();

    public void ReadGroupAt(long offset, OperationGroup group) => _file.ReadGroupAt(offset, group);

    public byte[] ExchangePayload(byte[] replacement) => _file.ExchangePayload(replacement);

    public FramePieces ExchangePieces(FramePieces replacement) => _file.ExchangePieces(replacement);

    public void ForgetCopies() => _file.ForgetCopies();

    private static MessageReader Message(byte[] file) =>
        new MessageReader(new MemoryStream(file), "Forth.dtf").Require(MessageKind.DataFile);
}
