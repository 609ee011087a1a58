using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>The first 16 bytes of a message (Format.md 2.1).</summary>
internal static class Preamble
{
    public const int MagicOffset = 0;
    public const int MagicLength = 8;
    public const int MajorOffset = MagicOffset + MagicLength;
    public const int MinorOffset = MajorOffset + sizeof(byte);
    public const int KindOffset = MinorOffset + sizeof(byte);
    public const int FlagsOffset = KindOffset + sizeof(byte);
    public const int HeaderLengthOffset = FlagsOffset + sizeof(byte);
    public const int Length = HeaderLengthOffset + sizeof(uint);

    /// <summary>Letters of the magic; CR LF 0x1A follow to catch transfers in text mode.</summary>
    private const int LettersLength = 5;

    public static ReadOnlySpan<byte> Magic => [0x8F, (byte)'B', (byte)'S', (byte)'Y', (byte)'N', 0x0D, 0x0A, 0x1A];

    public static void Write(Span<byte> destination, byte minor, MessageKind kind, int headerLength)
    {
        Magic.CopyTo(destination);
        destination[MajorOffset] = FormatVersion.Major;
        destination[MinorOffset] = minor;
        destination[KindOffset] = (byte)kind;
        destination[FlagsOffset] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[HeaderLengthOffset..], (uint)headerLength);
    }

    /// <summary>
    /// Checks the magic, or as much of it as there is: a file of a few bytes may be something else or a message cut short.
    /// </summary>
    /// <param name="start">The first bytes: <see cref="Length"/>, or as many as there are.</param>
    /// <param name="source">The name in messages.</param>
    public static void CheckMagic(ReadOnlySpan<byte> start, string source)
    {
        ReadOnlySpan<byte> bytes = start[..Math.Min(start.Length, MagicLength)];
        if (!Magic.StartsWith(bytes))
        {
            throw bytes.StartsWith(Magic[..LettersLength])
                ? new MessageFormatException(
                    FormatError.TextModeDamage, source, LettersLength, "magic", "was damaged by a transfer in text mode")
                : new MessageFormatException(FormatError.NotAMessage, source, MagicOffset, "magic", "is not a BinarySync file")
                {
                    Beginning = start.ToArray(),
                };
        }
    }

    /// <summary>Checks the version, which must be understood before anything else may be believed.</summary>
    public static void CheckVersion(ReadOnlySpan<byte> preamble, string source)
    {
        byte major = preamble[MajorOffset];
        if (major > FormatVersion.Major)
        {
            throw new MessageFormatException(
                FormatError.NewerVersion,
                source,
                MajorOffset,
                "major version",
                $"was made by a newer version (format {major}.{preamble[MinorOffset]}; this program reads {FormatVersion.Major}.x)");
        }

        if (major != FormatVersion.Major)
        {
            throw new MessageFormatException(
                FormatError.Invalid, source, MajorOffset, "major version", $"major version {major} does not exist");
        }
    }

    /// <summary>The length of the header, checked before it is used to allocate.</summary>
    public static int ReadHeaderLength(ReadOnlySpan<byte> preamble, string source)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(preamble[HeaderLengthOffset..]);
        return length is >= 1 and <= FormatLimits.MaxHeaderLength
            ? (int)length
            : throw new MessageFormatException(
                FormatError.Invalid, source, HeaderLengthOffset, "header length",
                $"header length {length} is not between 1 and {FormatLimits.MaxHeaderLength}");
    }

    /// <summary>The kind; call this when the header's checksum has been found right.</summary>
    public static MessageKind ReadKind(ReadOnlySpan<byte> preamble, string source)
    {
        if (preamble[FlagsOffset] != 0)
        {
            throw new MessageFormatException(
                FormatError.Invalid, source, FlagsOffset, "flags", $"flags {preamble[FlagsOffset]:X2} are not known");
        }

        byte kind = preamble[KindOffset];
        return kind is >= (byte)MessageKind.ChecksumRequest and <= (byte)MessageKind.DataFile
            ? (MessageKind)kind
            : throw new MessageFormatException(FormatError.Invalid, source, KindOffset, "kind", $"kind {kind} is not known");
    }
}

/// <summary>The versions that this library writes (Format.md 2.2).</summary>
public static class FormatVersion
{
    public const byte Major = 1;

    /// <summary>The newest minor version. A message is written in the lowest version that has all it needs.</summary>
    public const byte Minor = 1;

    /// <summary>
    /// Minor version 0 is closed: unknown keys and values are errors there. Later versions may have more than a reader knows.
    /// </summary>
    public static bool IsClosed(byte minor) => minor == 0;
}
