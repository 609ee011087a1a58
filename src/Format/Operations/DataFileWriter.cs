namespace BinarySync.Format;

/// <summary>
/// Writes a data file: each group of a data request, followed by its content in frames (Format.md 8). The caller keeps the order: a group,
/// then its frames. Not safe from several threads.
/// </summary>
public sealed class DataFileWriter
{
    private readonly MessageWriter _message;
    private readonly DataFileHeader _header;
    private readonly OperationSection _section = new();
    private long _contentLeft;
    private OperationCounts _counts;

    /// <summary>Writes the header.</summary>
    /// <param name="output">The stream; it stays the caller's.</param>
    /// <param name="header">The header of the data request, or what it would be, with a frame size and its own label.</param>
    public DataFileWriter(Stream output, DataFileHeader header)
    {
        _message = new MessageWriter(output, header);
        _header = header;
    }

    /// <summary>Bytes written so far.</summary>
    public long Position => _message.Position;

    /// <summary>Writes the operations of a group.</summary>
    /// <param name="group">From a data request, or from a data file.</param>
    /// <param name="sha256">
    /// The SHA-256 of each copy, in order, for a group of a data request; empty for a group of a data file, which has them.
    /// </param>
    public void WriteGroup(OperationGroup group, ReadOnlyMemory<byte> sha256 = default)
    {
        RequireContentDone();
        ReadOnlyMemory<byte> payload = sha256.IsEmpty ? group.Payload : group.PayloadWith(sha256.Span);
        _section.Write(_message, payload.Span, group.Copies > 0 && group.Operations.Any(operation => operation.IsWholeBlockCopy));
        _contentLeft = group.ContentLength;
        _counts = _counts.With(group);
    }

    /// <summary>Writes the operations of a group that comes from no request.</summary>
    public void WriteGroup(PackedGroup group)
    {
        RequireContentDone();
        _message.WriteSection(SectionType.Operations, FrameCodec.None, group.Payload.Length, group.Payload.Span);
        _contentLeft = group.Counts.DataBytes;
        _counts = _counts.Plus(group.Counts);
    }

    /// <summary>Writes one frame of the group's content.</summary>
    /// <exception cref="InvalidOperationException">It is too long, or has a codec that the header does not allow.</exception>
    public void WriteFrame(FrameCodec codec, int rawLength, ReadOnlySpan<byte> stored)
    {
        if (rawLength > _contentLeft)
        {
            throw new InvalidOperationException("the frame is longer than what the group's operations need");
        }

        if (!_header.Allows(codec) || (codec == FrameCodec.Repeats && !_header.Allows((FrameCodec)stored[0])))
        {
            throw new InvalidOperationException("the header does not allow frames with this codec");
        }

        _message.WriteSection(SectionType.Content, codec, rawLength, stored);
        _contentLeft -= rawLength;
    }

    /// <summary>Writes the trailer and returns it.</summary>
    /// <param name="baseRoot">Empty if the header lists several old contents.</param>
    /// <param name="targetRoot">The root of B.</param>
    public OperationsTrailer Finish(ReadOnlyMemory<byte> baseRoot, ReadOnlyMemory<byte> targetRoot)
    {
        RequireContentDone();
        return _message.Finish(_counts.ToTrailer(baseRoot, targetRoot));
    }

    private void RequireContentDone()
    {
        if (_contentLeft > 0)
        {
            throw new InvalidOperationException("the group before has content that was not written");
        }
    }
}
