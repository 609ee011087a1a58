namespace BinarySync.Format;

/// <summary>The four kinds of message. The values are those of the preamble (Format.md 2.1).</summary>
public enum MessageKind : byte
{
    ChecksumRequest = 1,
    ChecksumFile = 2,
    DataRequest = 3,
    DataFile = 4,
}
