using BinarySync.Storage;

namespace BinarySync.Sync.Tests.Reading;

/// <summary>A file that gives other bytes from some moment on: exchanged, rewritten, or on a medium that lies.</summary>
internal sealed class TurningFile(byte[] first, byte[] second) : Stream, IPositionalReader
{
    private MemoryFile _now = new(first);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _now.Length;

    public override long Position { get; set; }

    public void Turn() => _now = new MemoryFile(second);

    public int ReadAt(Span<byte> buffer, long offset) => _now.ReadAt(buffer, offset);

    public override int Read(byte[] buffer, int offset, int count)
    {
        int got = ReadAt(buffer.AsSpan(offset, count), Position);
        Position += got;
        return got;
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? Position : Length);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
