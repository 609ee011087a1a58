using BinarySync.Storage;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Support;

/// <summary>A message file in memory, read like one on a disk: front to back, and at any place meanwhile.</summary>
internal sealed class MemoryFile(byte[] content) : MemoryStream(content, writable: false), IPositionalReader
{
    private readonly ReadMessageAt _read = MessageBytes.ReaderOf(content);

    public int ReadAt(Span<byte> buffer, long offset) => _read(buffer, offset);
}
