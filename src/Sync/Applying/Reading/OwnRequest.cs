using BinarySync.Format;
using BinarySync.Sync.Messages;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// The data request that a remote gave to be merged with others. It has what the merged data file leaves out: the old content of this very
/// remote (Format.md 4.4). It is read along with the data file in each pass, and pinned like it.
/// </summary>
/// <param name="stream">Seekable; stays the caller's.</param>
/// <param name="name">Its name in messages.</param>
public sealed class OwnRequest(Stream stream, string name)
{
    private readonly PinnedStream _pinned = PinnedStream.Of(stream, name);
    private (DataRequestHeader Header, OperationsTrailer Trailer)? _read;

    public string Name => name;

    /// <summary>The request's header. The request is read to its end the first time.</summary>
    public DataRequestHeader Header => Read().Header;

    /// <summary>The request's trailer. The request is read to its end the first time.</summary>
    public OperationsTrailer Trailer => Read().Trailer;

    /// <summary>Identifies applying a merged data file by this request: another request is another session.</summary>
    public byte[] SessionOf(ReadOnlyMemory<byte> patchDigest)
    {
        byte[] session = new byte[BlockHash.Xxh128.Length];
        BlockHash.Xxh128.Hash([.. patchDigest.Span, .. Trailer.Digest.Span], session);
        return session;
    }

    /// <summary>Begins to read the operations from the front.</summary>
    /// <exception cref="SyncException">It is not the request that was read before.</exception>
    internal OperationReader Open()
    {
        DataRequestHeader known = Header;
        OperationReader reader = OpenReader();
        return reader.Header == known ? reader : throw Changed();
    }

    /// <summary>Compares the digest with that of the previous reading.</summary>
    /// <exception cref="SyncException">It is not the request that was read before.</exception>
    internal void RequireSame(OperationsTrailer trailer)
    {
        if (!trailer.Digest.Span.SequenceEqual(Trailer.Digest.Span))
        {
            throw Changed();
        }
    }

    private (DataRequestHeader Header, OperationsTrailer Trailer) Read()
    {
        if (_read is { } known)
        {
            return known;
        }

        OperationReader reader = OpenReader();
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
        }

        _read = (reader.RequestHeader, reader.Trailer);
        return _read.Value;
    }

    private SyncException Changed() => new(
        SyncReason.MessageChanged,
        name,
        "changed since it was first read: it is another request now");

    private OperationReader OpenReader()
    {
        _pinned.Position = 0;
        return new OperationReader(_pinned, name, MessageKind.DataRequest);
    }
}
