using BinarySync.Format;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Streaming;

/// <summary>
/// Cuts an arriving data file into stretches: whole groups, each stretch as soon as it is long enough. The cuts depend only on the data
/// file. So a later run finds the same stretches, and knows them by their digests.
/// </summary>
/// <param name="reader">The stream; nothing but its header has been read.</param>
/// <param name="bytes">Stored bytes after which a stretch ends.</param>
/// <param name="dryRun">Nothing is applied.</param>
internal sealed class StreamStretches(IOperationReader reader, long bytes, bool dryRun) : IDisposable
{
    private readonly StretchBuffer _buffer = new();
    private readonly OperationGroup _group = new();
    private bool _hasBegun;
    private bool _hasGroup;

    /// <summary>
    /// True when the last stretch has been read, and with it the end of the stream: the whole stream has been found right.
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>The block after the last one that the stretches which were read so far change; 0 if they change none.</summary>
    public long End { get; private set; }

    /// <summary>
    /// Reads the next stretch; its stream is reused for the one after it. There is at least one stretch, which may change no block.
    /// </summary>
    /// <exception cref="MessageFormatException">The stream is refused.</exception>
    public PatchSource Next(CancellationToken cancellation)
    {
        bool isFirst = dryRun || !_hasBegun;
        if (!_hasBegun)
        {
            _hasBegun = true;
            _hasGroup = reader.ReadGroup(_group);
        }

        _buffer.SetLength(0);
        DataFileWriter writer = new(_buffer, reader.FileHeader);
        StreamStretch stretch = _hasGroup
            ? new(isFirst, _group.Operations[0].Blocks.First, reader.FramePosition.Number - 1, reader.GroupOffset - writer.Position)
            : new(isFirst, 0, 0, 0);
        long begin = writer.Position;
        long end = End;
        while (_hasGroup && writer.Position - begin < bytes)
        {
            cancellation.ThrowIfCancellationRequested();
            writer.WriteGroup(_group);
            end = Math.Max(end, _group.Operations[^1].Blocks.End);
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                writer.WriteFrame(reader.Frame.Codec, reader.Frame.RawLength, stored.Span);
            }

            _hasGroup = reader.ReadGroup(_group);
        }

        // The roots are at the end of the stream. Before that, nothing is compared with them.
        IsComplete = !_hasGroup;
        End = end;
        byte[] unknown = new byte[reader.Header.Hash.RootLength];
        OperationsTrailer trailer = IsComplete
            ? writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot)
            : writer.Finish(unknown, unknown);
        return new PatchSource(_buffer, reader.Source, digest: trailer.Digest) { Stretch = stretch };
    }

    public void Dispose() => _buffer.Dispose();
}
