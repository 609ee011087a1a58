using System.Buffers;
using MessagePack;

namespace BinarySync.Format;

/// <summary>
/// Writes the subset of MessagePack that headers and trailers use. As the library does, it writes each value in its shortest encoding
/// (Format.md 3).
/// </summary>
internal sealed class CanonicalWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void WriteMapHeader(int count)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteMapHeader(count);
        writer.Flush();
    }

    public void WriteArrayHeader(int count)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteArrayHeader(count);
        writer.Flush();
    }

    public void WriteUnsigned(ulong value)
    {
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
    }

    public void WriteString(string value)
    {
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
    }
}
