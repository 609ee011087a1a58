namespace BinarySync.Format;

/// <summary>A checksum request: a header and nothing else (Format.md 4).</summary>
public static class ChecksumRequest
{
    /// <summary>Writes a request and returns its trailer.</summary>
    /// <param name="output">The stream; it stays the caller's.</param>
    /// <param name="header">Block size, hash and the ranges that are asked for.</param>
    public static MessageTrailer Write(Stream output, ChecksumRequestHeader header) =>
        new MessageWriter(output, header).Finish(new MessageTrailer());

    /// <summary>Reads a request to its end.</summary>
    /// <exception cref="MessageFormatException">Not a readable checksum request.</exception>
    public static ChecksumRequestHeader Read(Stream input, string source)
    {
        MessageReader message = new MessageReader(input, source).Require(MessageKind.ChecksumRequest);
        ReadToEnd(message);
        return (ChecksumRequestHeader)message.Header;
    }

    /// <summary>Continues with a message whose header has been read, and returns its trailer.</summary>
    public static MessageTrailer ReadToEnd(MessageReader message)
    {
        // The reader refuses every section that a checksum request could not skip. A request has no sections of its own.
        while (message.ReadSection())
        {
        }

        return message.Trailer;
    }
}
