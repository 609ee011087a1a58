namespace BinarySync.Format;

/// <summary>The names of the kinds, in words and as file extensions.</summary>
public static class MessageKinds
{
    /// <summary>"checksum request", "checksum file", "data request" or "data file".</summary>
    public static string Words(this MessageKind kind) => kind switch
    {
        MessageKind.ChecksumRequest => "checksum request",
        MessageKind.ChecksumFile => "checksum file",
        MessageKind.DataRequest => "data request",
        MessageKind.DataFile => "data file",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The number of bytes that <see cref="Recognize"/> reads.</summary>
    public const int RecognizedLength = Preamble.Length;

    /// <summary>The kind that the first bytes of a file claim; null if it is no message. Nothing is verified: this is for hints.</summary>
    public static MessageKind? Recognize(ReadOnlySpan<byte> start) =>
        start.Length >= RecognizedLength && start.StartsWith(Preamble.Magic) && Enum.IsDefined((MessageKind)start[Preamble.KindOffset])
            ? (MessageKind)start[Preamble.KindOffset]
            : null;

    /// <summary>
    /// Refuses a file that does not begin like a message, before more of it is read. A file that passes is not verified yet.
    /// </summary>
    /// <param name="start">The first bytes: <see cref="RecognizedLength"/>, or as many as there are.</param>
    /// <param name="source">The name in messages.</param>
    /// <exception cref="MessageFormatException">
    /// <see cref="FormatError.NotAMessage"/> or <see cref="FormatError.TextModeDamage"/>.
    /// </exception>
    public static void DemandMessage(ReadOnlySpan<byte> start, string source) =>
        Preamble.CheckMagic(start[..Math.Min(start.Length, RecognizedLength)], source);

    /// <summary>The file extension without its dot.</summary>
    public static string Extension(this MessageKind kind) => kind switch
    {
        MessageKind.ChecksumRequest => "ckr",
        MessageKind.ChecksumFile => "ckf",
        MessageKind.DataRequest => "dtr",
        MessageKind.DataFile => "dtf",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
