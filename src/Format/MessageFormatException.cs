namespace BinarySync.Format;

/// <summary>Why a message was refused.</summary>
public enum FormatError
{
    /// <summary>The magic is missing: the file is something else.</summary>
    NotAMessage,

    /// <summary>The magic's letters are right and its line end is not: a transfer in text mode.</summary>
    TextModeDamage,

    /// <summary>The major version is above ours.</summary>
    NewerVersion,

    /// <summary>A BinarySync message, but not of the kind that is needed here.</summary>
    WrongKind,

    /// <summary>The message ends too early.</summary>
    Truncated,

    /// <summary>A checksum or the digest does not match, or a frame does not decompress.</summary>
    Damaged,

    /// <summary>Bytes follow the tail.</summary>
    TrailingBytes,

    /// <summary>A field has a value that the format does not allow.</summary>
    Invalid,

    /// <summary>Specified, but this program does not support it.</summary>
    Unsupported,
}

/// <summary>A message is refused: why, and at which offset of the message.</summary>
public sealed class MessageFormatException : Exception
{
    public MessageFormatException(FormatError error, string source, long offset, string field, string message)
        : base(message)
    {
        Error = error;
        MessageName = source;
        Offset = offset;
        Field = field;
    }

    public FormatError Error { get; }

    /// <summary>The name that the reader was given: a path, or "standard input".</summary>
    public string MessageName { get; }

    /// <summary>The actual kind of the message, if it is of the wrong one.</summary>
    public MessageKind? Found { get; init; }

    /// <summary>
    /// The first bytes of the file, if it is <see cref="FormatError.NotAMessage"/>: up to <see cref="MessageKinds.RecognizedLength"/>
    /// bytes.
    /// </summary>
    public ReadOnlyMemory<byte> Beginning { get; init; }

    /// <summary>Byte offset in the message.</summary>
    public long Offset { get; }

    /// <summary>The field, section or key at fault.</summary>
    public string Field { get; }
}
