using System.Buffers.Binary;
using System.IO.Hashing;

namespace BinarySync.Format;

/// <summary>What a section holds (Format.md 2.3).</summary>
public enum SectionType : byte
{
    Checksums = 0x01,
    Operations = 0x02,
    Content = 0x03,

    /// <summary>Of the data blocks of the checksums section before it (Format.md 6.1). Since 1.1; always skippable.</summary>
    RollingSums = 0x04,
    Trailer = 0x7F,
}

/// <summary>The frame header of a section (Format.md 2.3).</summary>
public readonly record struct SectionHeader(SectionType Type, FrameCodec Codec, byte Flags, int StoredLength, int RawLength)
{
    public const int TypeOffset = 0;
    public const int CodecOffset = TypeOffset + sizeof(byte);
    public const int FlagsOffset = CodecOffset + sizeof(byte);
    public const int ReservedOffset = FlagsOffset + sizeof(byte);
    public const int StoredLengthOffset = ReservedOffset + sizeof(byte);
    public const int RawLengthOffset = StoredLengthOffset + sizeof(uint);
    public const int ChecksumOffset = RawLengthOffset + sizeof(uint);
    public const int ChecksumLength = 8;

    /// <summary>Bytes of a frame header.</summary>
    public const int Length = ChecksumOffset + ChecksumLength;

    /// <summary>A reader that does not know the type may skip the section.</summary>
    public const byte SkippableFlag = 0x01;

    public bool IsSkippable => (Flags & SkippableFlag) != 0;

    public void Write(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        destination[TypeOffset] = (byte)Type;
        destination[CodecOffset] = (byte)Codec;
        destination[FlagsOffset] = Flags;
        destination[ReservedOffset] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[StoredLengthOffset..], (uint)StoredLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[RawLengthOffset..], (uint)RawLength);
        WriteChecksum(destination[..ChecksumOffset], payload, destination[ChecksumOffset..]);
    }

    /// <summary>XXH3-64 of the fields and the stored payload, in canonical form.</summary>
    public static void WriteChecksum(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        XxHash3 hash = new();
        hash.Append(fields);
        hash.Append(payload);
        hash.GetHashAndReset(destination);
    }

    /// <summary>
    /// Reads and checks the fields that decide how much is read next. The caller checks the checksum, once it has the payload.
    /// </summary>
    public static SectionHeader Read(ReadOnlySpan<byte> bytes, string source, long offset)
    {
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[StoredLengthOffset..]);
        uint raw = BinaryPrimitives.ReadUInt32LittleEndian(bytes[RawLengthOffset..]);
        if (stored is < 1 or > FormatLimits.MaxSectionLength)
        {
            throw Invalid(StoredLengthOffset, "stored length", $"{stored} is not between 1 and {FormatLimits.MaxSectionLength}");
        }

        if (raw is < 1 or > FormatLimits.MaxSectionLength)
        {
            throw Invalid(RawLengthOffset, "raw length", $"{raw} is not between 1 and {FormatLimits.MaxSectionLength}");
        }

        return new SectionHeader((SectionType)bytes[TypeOffset], (FrameCodec)bytes[CodecOffset], bytes[FlagsOffset], (int)stored, (int)raw);

        MessageFormatException Invalid(int at, string field, string what) =>
            new(FormatError.Invalid, source, offset + at, field, $"{field} {what}");
    }

    /// <summary>Checks the other fields, once the checksum has been found right.</summary>
    public void Check(byte reserved, string source, long offset)
    {
        if (reserved != 0)
        {
            throw Invalid(ReservedOffset, "reserved byte", $"{reserved:X2} is not 0");
        }

        if ((Flags & ~SkippableFlag) != 0)
        {
            throw Invalid(FlagsOffset, "section flags", $"{Flags:X2} are not known");
        }

        if (Codec == FrameCodec.None ? StoredLength != RawLength : StoredLength >= RawLength)
        {
            throw Invalid(
                StoredLengthOffset, "stored length", $"{StoredLength} does not fit raw length {RawLength} and codec {(byte)Codec}");
        }

        MessageFormatException Invalid(int at, string field, string what) =>
            new(FormatError.Invalid, source, offset + at, field, $"{field} {what}");
    }
}
