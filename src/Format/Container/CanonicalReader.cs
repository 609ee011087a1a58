using System.Buffers;
using System.Text;
using MessagePack;

namespace BinarySync.Format;

/// <summary>
/// Reads the output of <see cref="CanonicalWriter"/> and refuses any longer encoding of the same value (Format.md 3). The library would
/// accept many encodings, and has neither names nor offsets for an error. Every length is checked against the remaining bytes before it is
/// used.
/// </summary>
/// <param name="bytes">The map.</param>
/// <param name="source">The message's name in errors.</param>
/// <param name="origin">Offset of the map in the message.</param>
internal ref struct CanonicalReader(ReadOnlyMemory<byte> bytes, string source, long origin)
{
    /// <summary>How deep a skipped value may be nested (Format.md 3).</summary>
    public const int MaxDepth = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private MessagePackReader _values = new(bytes);

    /// <summary>Offset in the message of the next byte, for errors.</summary>
    public long Offset => origin + _values.Consumed;

    public bool AtEnd => _values.End;

    public int ReadMapHeader(string field)
    {
        long at = Require(MessagePackType.Map, field, "a map");
        int count = ReadCount(field, isMap: true, at);
        RequireShortest(at, HeaderLength(count, MessagePackRange.MaxFixMapCount), field);
        return count;
    }

    public int ReadArrayHeader(string field)
    {
        long at = Require(MessagePackType.Array, field, "an array");
        int count = ReadCount(field, isMap: false, at);
        RequireShortest(at, HeaderLength(count, MessagePackRange.MaxFixArrayCount), field);
        return count;
    }

    public ulong ReadUnsigned(string field)
    {
        const string What = "an unsigned integer";
        long at = Require(MessagePackType.Integer, field, What);

        // The library also accepts a value with the code of a signed integer, if it is not negative.
        if (_values.NextCode is not (<= MessagePackCode.MaxFixInt or (>= MessagePackCode.UInt8 and <= MessagePackCode.UInt64)))
        {
            throw Invalid(at, field, $"is not {What}");
        }

        ulong value;
        try
        {
            value = _values.ReadUInt64();
        }
        catch (EndOfStreamException)
        {
            throw CutShort(at, field);
        }

        RequireShortest(at, MessagePackWriter.GetEncodedLength(value), field);
        return value;
    }

    /// <summary>An integer that must not exceed <paramref name="most"/>.</summary>
    public long ReadUnsigned(string field, long most)
    {
        long at = Offset;
        ulong value = ReadUnsigned(field);
        return value <= (ulong)most ? (long)value : throw Invalid(at, field, $"is {value}; the most is {most}");
    }

    public string ReadString(string field)
    {
        long at = Require(MessagePackType.String, field, "a string");
        ReadOnlySequence<byte> value = ReadContent(at, field, isString: true);
        RequireShortest(at, value.Length + (value.Length <= MessagePackRange.MaxFixStringLength ? 1 : LengthOfLength(value.Length)), field);
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw Invalid(at, field, "is not valid UTF-8");
        }
    }

    public byte[] ReadBytes(string field)
    {
        long at = Require(MessagePackType.Binary, field, "a byte string");
        ReadOnlySequence<byte> value = ReadContent(at, field, isString: false);
        RequireShortest(at, value.Length + LengthOfLength(value.Length), field);
        return value.ToArray();
    }

    /// <summary>
    /// Skips a value of any type, which need not be in its shortest encoding. The library would follow a value that is nested as deep as
    /// the map is long.
    /// </summary>
    public void Skip(string field, int depth = 0)
    {
        long at = Offset;
        switch (NextType(field))
        {
            case MessagePackType.Array:
                SkipMany(ReadCount(field, isMap: false), field, depth);
                break;
            case MessagePackType.Map:
                SkipMany(2L * ReadCount(field, isMap: true), field, depth);
                break;
            case MessagePackType.Unknown:
                throw Invalid(at, field, "is not MessagePack");
            default:
                try
                {
                    _values.Skip();
                }
                catch (Exception failure) when (IsCutShort(failure))
                {
                    throw CutShort(at, field);
                }

                break;
        }
    }

    public readonly MessageFormatException Invalid(long at, string field, string what) =>
        new(FormatError.Invalid, source, at, field, $"{field} {what}");

    private void SkipMany(long count, string field, int depth)
    {
        if (depth == MaxDepth)
        {
            throw Invalid(Offset, field, $"is nested more than {MaxDepth} deep");
        }

        for (long i = 0; i < count; i++)
        {
            Skip(field, depth + 1);
        }
    }

    // An element is at least one byte: the library refuses a count above the remaining bytes. The error names the beginning of the value
    // or, if the value is skipped, the place at which the elements should be.
    private int ReadCount(string field, bool isMap, long? at = null)
    {
        try
        {
            return isMap ? _values.ReadMapHeader() : _values.ReadArrayHeader();
        }
        catch (Exception failure) when (IsCutShort(failure))
        {
            throw Invalid(at ?? Offset, field, "has more elements than there are bytes left");
        }
    }

    private ReadOnlySequence<byte> ReadContent(long at, string field, bool isString)
    {
        try
        {
            return (isString ? _values.ReadStringSequence() : _values.ReadBytes())!.Value;
        }
        catch (Exception failure) when (IsCutShort(failure))
        {
            throw CutShort(at, field);
        }
    }

    private MessagePackType NextType(string field) => _values.End ? throw CutShort(Offset, field) : _values.NextMessagePackType;

    private long Require(MessagePackType type, string field, string what)
    {
        long at = Offset;
        return NextType(field) == type ? at : throw Invalid(at, field, $"is not {what}");
    }

    private void RequireShortest(long at, long length, string field)
    {
        if (Offset - at != length)
        {
            throw Invalid(at, field, "is not in its shortest encoding");
        }
    }

    private readonly MessageFormatException CutShort(long at, string field) => Invalid(at, field, "is longer than the bytes that are left");

    // The library takes lengths from 2^31 on as negative numbers, and reports them in various ways.
    private static bool IsCutShort(Exception failure) =>
        failure is EndOfStreamException or MessagePackSerializationException or OverflowException or ArgumentOutOfRangeException;

    // A code, and the number of elements if it is too large for the code.
    private static int HeaderLength(int count, int mostInCode) =>
        count <= mostInCode ? 1 : count <= ushort.MaxValue ? 1 + sizeof(ushort) : 1 + sizeof(uint);

    // A code, and the length of the content that follows.
    private static int LengthOfLength(long length) =>
        length <= byte.MaxValue ? 1 + sizeof(byte) : length <= ushort.MaxValue ? 1 + sizeof(ushort) : 1 + sizeof(uint);
}
