using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Reads a stretch, and tells the places of the stream.</summary>
internal sealed class StretchReader(Stream stream, string name, bool skipContent, StreamStretch stretch)
    : OperationReader(new MessageReader(stream, name, skipContent).Require(MessageKind.DataFile), isPartial: true)
{
    public override (long Number, long Offset) FramePlace => (base.FramePlace.Number + stretch.SectionsBefore, base.FramePlace.Offset + stretch.OffsetShift);
}
