using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>
/// A checksum file that is read several times: a regular file, or a pipe that was spooled. It must be the same each time.
/// </summary>
/// <param name="stream">Seekable; stays the caller's.</param>
/// <param name="name">Its name in messages.</param>
public sealed class ChecksumSource(Stream stream, string name)
{
    private ReadOnlyMemory<byte>? _digest;

    /// <summary>Its header, once it was opened.</summary>
    public ChecksumFileHeader? Header { get; private set; }

    /// <summary>Begins to read from the front.</summary>
    /// <exception cref="MessageFormatException">Not a readable checksum file.</exception>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    public ChecksumFileReader Open()
    {
        stream.Position = 0;
        ChecksumFileReader reader = new(stream, name);
        Header ??= reader.Header;
        if (reader.Header == Header)
        {
            return reader;
        }

        reader.Dispose();
        throw Changed();
    }

    /// <summary>Compares the digest of a file that has been read to its end with that of the previous reading.</summary>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    internal void RequireSame(ChecksumFileReader reader)
    {
        _digest ??= reader.Trailer.Digest;
        if (!reader.Trailer.Digest.Span.SequenceEqual(_digest.Value.Span))
        {
            throw Changed();
        }
    }

    private SyncException Changed() => new(SyncReason.MessageChanged, name, "changed while it was being read");
}
