using System.Text;

namespace BinarySync.Format.MessagePack;

/// <summary>
/// Reads what <see cref="MessagePackWriter"/> writes and refuses any longer encoding of the same value (Format.md 3). Every
/// length is checked against the bytes that are left before it is used.
/// </summary>
internal ref struct MessagePackReader(ReadOnlySpan<byte> bytes, string source, long origin)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Offset in the message of the next byte, for errors.</summary>
    public readonly long Offset => origin + _position;

    public readonly bool AtEnd => _position == _bytes.Length;

    public int ReadMapHeader(string field) => ReadContainer(field, MessagePackCode.FixMap, MessagePackCode.Map16, "a map");

    public int ReadArrayHeader(string field) => ReadContainer(field, MessagePackCode.FixArray, MessagePackCode.Array16, "an array");

    public ulong ReadUnsigned(string field)
    {
        long at = Offset;
        byte code = ReadByte(field);
        if (code <= MessagePackCode.MaxFixInt)
        {
            return code;
        }

        (int width, ulong least) = code switch
        {
            MessagePackCode.UInt8 => (sizeof(byte), MessagePackCode.MaxFixInt + 1UL),
            MessagePackCode.UInt16 => (sizeof(ushort), byte.MaxValue + 1UL),
            MessagePackCode.UInt32 => (sizeof(uint), ushort.MaxValue + 1UL),
            MessagePackCode.UInt64 => (sizeof(ulong), uint.MaxValue + 1UL),
            _ => throw Invalid(at, field, "is not an unsigned integer"),
        };
        ulong value = ReadBigEndian(width, field);
        return value >= least ? value : throw NotShortest(at, field);
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
        long at = Offset;
        byte code = ReadByte(field);
        int length = code is >= MessagePackCode.FixStr and < MessagePackCode.Nil
            ? code - MessagePackCode.FixStr
            : ReadLength(code, MessagePackCode.Str8, MessagePackCode.MaxFixStr + 1, at, field, "a string");
        try
        {
            return StrictUtf8.GetString(Take(length, field));
        }
        catch (DecoderFallbackException)
        {
            throw Invalid(at, field, "is not valid UTF-8");
        }
    }

    public byte[] ReadBytes(string field)
    {
        long at = Offset;
        int length = ReadLength(ReadByte(field), MessagePackCode.Bin8, 0, at, field, "a byte string");
        return Take(length, field).ToArray();
    }

    /// <summary>Passes over a value of any type.</summary>
    public void Skip(string field, int depth = 0)
    {
        long at = Offset;
        byte code = ReadByte(field);
        switch (code)
        {
            case <= MessagePackCode.MaxFixInt or >= MessagePackCode.NegativeFixInt:
            case MessagePackCode.Nil or MessagePackCode.False or MessagePackCode.True:
                break;
            case < MessagePackCode.FixArray:
                SkipMany(2L * (code - MessagePackCode.FixMap), field, depth);
                break;
            case < MessagePackCode.FixStr:
                SkipMany(code - MessagePackCode.FixArray, field, depth);
                break;
            case < MessagePackCode.Nil:
                Take(code - MessagePackCode.FixStr, field);
                break;
            case >= MessagePackCode.Bin8 and <= MessagePackCode.Bin32:
                Take((long)ReadBigEndian(1 << (code - MessagePackCode.Bin8), field), field);
                break;
            case >= MessagePackCode.Ext8 and <= MessagePackCode.Ext32:
                Take((long)ReadBigEndian(1 << (code - MessagePackCode.Ext8), field) + 1, field);
                break;
            case MessagePackCode.Float32:
                Take(sizeof(float), field);
                break;
            case MessagePackCode.Float64:
                Take(sizeof(double), field);
                break;
            case >= MessagePackCode.UInt8 and <= MessagePackCode.UInt64:
                Take(1 << (code - MessagePackCode.UInt8), field);
                break;
            case >= MessagePackCode.Int8 and <= MessagePackCode.Int64:
                Take(1 << (code - MessagePackCode.Int8), field);
                break;
            case >= MessagePackCode.FixExt1 and <= MessagePackCode.FixExt16:
                Take((1 << (code - MessagePackCode.FixExt1)) + 1, field);
                break;
            case >= MessagePackCode.Str8 and <= MessagePackCode.Str32:
                Take((long)ReadBigEndian(1 << (code - MessagePackCode.Str8), field), field);
                break;
            case MessagePackCode.Array16 or MessagePackCode.Array32:
                SkipMany((long)ReadBigEndian(2 << (code - MessagePackCode.Array16), field), field, depth);
                break;
            case MessagePackCode.Map16 or MessagePackCode.Map32:
                SkipMany(2 * (long)ReadBigEndian(2 << (code - MessagePackCode.Map16), field), field, depth);
                break;
            default:
                throw Invalid(at, field, "is not MessagePack");
        }
    }

    public readonly MessageFormatException Invalid(long at, string field, string what) =>
        new(FormatError.Invalid, source, at, field, $"{field} {what}");

    private void SkipMany(long count, string field, int depth)
    {
        if (depth == MessagePackCode.MaxDepth)
        {
            throw Invalid(Offset, field, $"is nested more than {MessagePackCode.MaxDepth} deep");
        }

        // A value is at least one byte: a count above what is left is a lie, told before the loop.
        if (count > _bytes.Length - _position)
        {
            throw Invalid(Offset, field, "has more elements than bytes are left");
        }

        for (long i = 0; i < count; i++)
        {
            Skip(field, depth + 1);
        }
    }

    private int ReadContainer(string field, byte fix, byte code16, string what)
    {
        long at = Offset;
        byte code = ReadByte(field);
        int count;
        if ((code & 0xF0) == fix)
        {
            return code & 0x0F;
        }
        else if (code == code16)
        {
            count = (int)ReadBigEndian(sizeof(ushort), field);
            return count > MessagePackCode.MaxFixCount ? count : throw NotShortest(at, field);
        }
        else if (code == code16 + 1)
        {
            ulong large = ReadBigEndian(sizeof(uint), field);
            if (large <= ushort.MaxValue)
            {
                throw NotShortest(at, field);
            }

            return large <= (ulong)(_bytes.Length - _position)
                ? (int)large
                : throw Invalid(at, field, "has more elements than bytes are left");
        }

        throw Invalid(at, field, $"is not {what}");
    }

    private int ReadLength(byte code, byte code8, int least8, long at, string field, string what)
    {
        int index = code - code8;
        if (index is < 0 or > 2)
        {
            throw Invalid(at, field, $"is not {what}");
        }

        ulong length = ReadBigEndian(1 << index, field);
        ulong least = index switch { 0 => (ulong)least8, 1 => byte.MaxValue + 1UL, _ => ushort.MaxValue + 1UL };
        if (length < least)
        {
            throw NotShortest(at, field);
        }

        return length <= (ulong)(_bytes.Length - _position)
            ? (int)length
            : throw Invalid(at, field, "is longer than the bytes that are left");
    }

    private readonly MessageFormatException NotShortest(long at, string field) => Invalid(at, field, "is not in its shortest encoding");

    private byte ReadByte(string field) => Take(1, field)[0];

    private ulong ReadBigEndian(int width, string field)
    {
        ulong value = 0;
        foreach (byte part in Take(width, field))
        {
            value = (value << 8) | part;
        }

        return value;
    }

    private ReadOnlySpan<byte> Take(long length, string field)
    {
        if (length > _bytes.Length - _position)
        {
            throw Invalid(Offset, field, "is longer than the bytes that are left");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }
}
