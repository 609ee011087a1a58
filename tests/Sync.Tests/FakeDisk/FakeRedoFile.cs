using BinarySync.Storage;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>A redo in memory.</summary>
public sealed class FakeRedoFile : IRedoFile
{
    public string Name { get; init; } = "target.binarysync-redo";

    /// <summary>What is in it; null where there is no file.</summary>
    public byte[]? Content { get; set; }

    /// <summary>Called before each write and flush: may throw.</summary>
    public Action? Before { get; set; }

    /// <summary>Flushes so far.</summary>
    public int Flushes { get; private set; }

    public void Create() => Content = [];

    public void Write(ReadOnlySpan<byte> content, long offset)
    {
        Before?.Invoke();
        byte[] grown = Content ?? throw new InvalidOperationException("there is no file");
        Array.Resize(ref grown, (int)Math.Max(grown.Length, offset + content.Length));
        content.CopyTo(grown.AsSpan((int)offset));
        Content = grown;
    }

    public void Flush()
    {
        Before?.Invoke();
        Flushes++;
    }

    public int Read(Span<byte> buffer, long offset)
    {
        int count = (int)Math.Clamp((Content?.Length ?? 0) - offset, 0, buffer.Length);
        Content.AsSpan((int)Math.Min(offset, Content?.Length ?? 0), count).CopyTo(buffer);
        return count;
    }

    public void Remove() => Content = null;

    public void Dispose()
    {
    }
}
