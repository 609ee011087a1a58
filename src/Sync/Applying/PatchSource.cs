using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>
/// A data file that is read several times: a regular file, or a pipe that was spooled. Each time it has to be the same one.
/// </summary>
/// <param name="stream">Seekable; stays the caller's.</param>
/// <param name="name">Its name in messages.</param>
/// <param name="digest">The digest that it had when it was looked at before; null where it was not.</param>
public sealed class PatchSource(Stream stream, string name, ReadOnlyMemory<byte>? digest = null)
{
    private MessageHeader? _header;
    private ReadOnlyMemory<byte>? _digest = digest;

    public string Name => name;

    /// <summary>The digest of the data file, once it has been read to its end.</summary>
    public ReadOnlyMemory<byte> Digest => _digest ?? throw new InvalidOperationException("the data file has not been read yet");

    /// <summary>Bytes.</summary>
    public long Length => stream.Length;

    /// <summary>Begins to read from the front.</summary>
    /// <param name="skipContent">Pass over the frames: for a data file that has been verified.</param>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    public OperationReader Open(bool skipContent)
    {
        stream.Position = 0;
        OperationReader reader = new(stream, name, MessageKind.DataFile, skipContent);
        if (reader.Header.Bases is not null)
        {
            throw new MessageFormatException(FormatError.Unsupported, name, 0, "header", "needs a program that applies data requests merged for several remotes");
        }

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
