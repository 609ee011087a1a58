using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace BinarySync.Format.MessagePack;

/// <summary>
/// Writes the subset of MessagePack that headers and trailers use, each value in its shortest encoding (Format.md 3).
/// </summary>
internal sealed class MessagePackWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void WriteMapHeader(int count) => WriteContainer(count, MessagePackCode.FixMap, MessagePackCode.Map16);

    public void WriteArrayHeader(int count) => WriteContainer(count, MessagePackCode.FixArray, MessagePackCode.Array16);

    public void WriteUnsigned(ulong value)
    {
        if (value <= MessagePackCode.MaxFixInt)
        {
            _buffer.Write([(byte)value]);
        }
        else if (value <= byte.MaxValue)
        {
            WriteCode(MessagePackCode.UInt8, value, sizeof(byte));
        }
        else if (value <= ushort.MaxValue)
        {
            WriteCode(MessagePackCode.UInt16, value, sizeof(ushort));
        }
        else if (value <= uint.MaxValue)
        {
            WriteCode(MessagePackCode.UInt32, value, sizeof(uint));
        }
        else
        {
            WriteCode(MessagePackCode.UInt64, value, sizeof(ulong));
        }
    }

    public void WriteString(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length <= MessagePackCode.MaxFixStr)
        {
            _buffer.Write([(byte)(MessagePackCode.FixStr | bytes.Length)]);
        }
        else
        {
            WriteLength(bytes.Length, MessagePackCode.Str8);
        }

        _buffer.Write(bytes);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length, MessagePackCode.Bin8);
        _buffer.Write(value);
    }

    // The codes for 8, 16 and 32 bits follow one another, for strings and for byte strings.
    private void WriteLength(int length, byte code8)
    {
        if (length <= byte.MaxValue)
        {
            WriteCode(code8, (ulong)length, sizeof(byte));
        }
        else if (length <= ushort.MaxValue)
        {
            WriteCode((byte)(code8 + 1), (ulong)length, sizeof(ushort));
        }
        else
        {
            WriteCode((byte)(code8 + 2), (ulong)length, sizeof(uint));
        }
    }

    private void WriteContainer(int count, byte fix, byte code16)
    {
        if (count <= MessagePackCode.MaxFixCount)
        {
            _buffer.Write([(byte)(fix | count)]);
        }
        else if (count <= ushort.MaxValue)
        {
            WriteCode(code16, (ulong)count, sizeof(ushort));
        }
        else
        {
            WriteCode((byte)(code16 + 1), (ulong)count, sizeof(uint));
        }
    }

    private void WriteCode(byte code, ulong value, int width)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(ulong)];
        bytes[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], value << (8 * (sizeof(ulong) - width)));
        _buffer.Write(bytes[..(1 + width)]);
    }
}
