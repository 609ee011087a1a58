using BinarySync.Storage;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>The calls that change a small file.</summary>
public enum StateCall
{
    Replace,
    Overwrite,
    Remove,
}

/// <summary>A small file in memory, each change of which is durable at once.</summary>
public sealed class FakeStateFile : IStateFile
{
    private readonly List<StateCall> _log = [];

    public string Name { get; init; } = "target.binarysync-journal";

    /// <summary>What is in it; null where there is no file.</summary>
    public byte[]? Content { get; set; }

    /// <summary>Called before each change: may throw.</summary>
    public Action<StateCall>? Before { get; set; }

    /// <summary>The changes that were made.</summary>
    public IReadOnlyList<StateCall> Log => _log;

    public byte[]? Read() => Content?.ToArray();

    public void Replace(ReadOnlySpan<byte> content)
    {
        Note(StateCall.Replace);
        Content = content.ToArray();
    }

    public void Overwrite(ReadOnlySpan<byte> content, long offset)
    {
        Note(StateCall.Overwrite);
        content.CopyTo(Content.AsSpan((int)offset));
    }

    public void Remove()
    {
        Note(StateCall.Remove);
        Content = null;
    }

    public void Dispose()
    {
    }

    private void Note(StateCall call)
    {
        Before?.Invoke(call);
        _log.Add(call);
    }
}
