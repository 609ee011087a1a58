namespace BinarySync.Format;

/// <summary>The four kinds of message. The values are those of the preamble (Format.md 2.1).</summary>
public enum MessageKind : byte
{
    ChecksumRequest = 1,
    ChecksumFile = 2,
    DataRequest = 3,
    DataFile = 4,
}

/// <summary>What the kinds are called, in words and as file extensions.</summary>
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
