using System.Buffers;
using System.Buffers.Binary;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>Tells states apart.</summary>
internal sealed class StateDigest
{
    private readonly ArrayBufferWriter<byte> _bytes = new(64 << 10);

    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Add(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), number);
        _bytes.Advance(sizeof(long));
    }

    /// <summary>Bytes with their length, so that what follows is not taken for theirs; none at all is different from no bytes.</summary>
    public void AddFile(byte[]? file)
    {
        Add(file?.Length ?? -1);
        Add(file);
    }

    public UInt128 Finish()
    {
        Span<byte> digest = stackalloc byte[BlockHash.Xxh128.Length];
        BlockHash.Xxh128.Hash(_bytes.WrittenSpan, digest);
        _bytes.ResetWrittenCount();
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
