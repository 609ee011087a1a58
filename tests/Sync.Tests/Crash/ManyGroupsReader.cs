namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// A stream of several groups of a few blocks, which no data file has: a group goes on as far as it can. Each is in a file of its own.
/// </summary>
internal sealed class ManyGroupsReader(IReadOnlyList<byte[]> files) : OperationReader(Message(files[0]), isPartial: true)
{
    private OperationReader _file = new(Message(files[0]), isPartial: true);
    private int _next = 1;

    public override MessageTrailer Trailer => _file.Trailer;

    public override SectionHeader Frame => _file.Frame;

    public override (long Number, long Offset) FramePlace => _file.FramePlace;

    public override bool ReadGroup(OperationGroup group)
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

    public override bool ReadFrame(out ReadOnlyMemory<byte> stored) => _file.ReadFrame(out stored);

    private static MessageReader Message(byte[] file) => new MessageReader(new MemoryStream(file), "Forth.dtf").Require(MessageKind.DataFile);
}
