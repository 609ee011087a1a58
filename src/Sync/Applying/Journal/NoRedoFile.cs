using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>Used if a run was given no place for a redo: there is none, and none can be made.</summary>
internal sealed class NoRedoFile : IRedoFile
{
    public string Name => string.Empty;

    public void Create() => throw new InvalidOperationException("This run was given no place for a redo.");

    public void Write(ReadOnlySpan<byte> content, long offset) => Create();

    public void Flush() => Create();

    public int Read(Span<byte> buffer, long offset) => 0;

    public void Remove()
    {
    }

    public void Dispose()
    {
    }
}
