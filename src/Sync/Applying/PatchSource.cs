using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// A data file that is read several times: a regular file, or a pipe that was spooled. Each time it has to be the same one.
/// </summary>
/// <param name="stream">Seekable; stays the caller's.</param>
/// <param name="name">Its name in messages.</param>
public sealed class PatchSource(Stream stream, string name)
{
    private MessageHeader? _header;
    private ReadOnlyMemory<byte>? _digest;

    public string Name => name;

    /// <summary>The digest of the data file, once it has been read to its end.</summary>
    public ReadOnlyMemory<byte> Digest => _digest ?? throw new InvalidOperationException("the data file has not been read yet");

    /// <summary>Bytes.</summary>
    public long Length => stream.Length;

    /// <summary>A decoder of its frames, for one thread. Frames with repeats need a stream that is an <see cref="IPositionalReader"/>.</summary>
    internal FrameDecoder CreateDecoder() => new(name, stream is IPositionalReader file ? file.ReadAt : null);

    /// <summary>Begins to read from the front.</summary>
    /// <param name="skipContent">Pass over the frames: for a data file that has been verified.</param>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    public OperationReader Open(bool skipContent)
    {
        stream.Position = 0;
        OperationReader reader = new(stream, name, MessageKind.DataFile, skipContent);
        _header ??= reader.Header;
        return reader.Header == _header ? reader : throw Changed();
    }

    /// <summary>Compares the digest with the one of the time before.</summary>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    public void RequireSame(MessageTrailer trailer)
    {
        _digest ??= trailer.Digest;
        if (!trailer.Digest.Span.SequenceEqual(_digest.Value.Span))
        {
            throw Changed();
        }
    }

    /// <summary>An error for a data file that is not the one that was read before.</summary>
    internal SyncException Changed() => new(
        SyncError.SourceChanged,
        name,
        "changed while it was being applied; blocks of the target may be written from either version",
        "apply an unchanged copy of the data file again");
}
