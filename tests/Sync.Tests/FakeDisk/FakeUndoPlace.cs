using BinarySync.Storage;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>An undo file in memory.</summary>
public sealed class FakeUndoPlace : IUndoPlace
{
    public string Name { get; init; } = "undo.dtf";

    /// <summary>What is in it; null where there is no file.</summary>
    public byte[]? Content { get; set; }

    /// <summary>Called before the finished file gets its name: may throw.</summary>
    public Action? BeforeCommit { get; set; }

    public Stream? OpenExisting(CancellationToken cancellation) => Content is null ? null : new MemoryFile(Content);

    public Stream CreateSpool() => new MemoryStream();

    public MessageOutput Create() => new Output(this);

    private sealed class Output(FakeUndoPlace place) : MessageOutput(place.Name)
    {
        private readonly MemoryStream _stream = new();

        public override Stream Stream => _stream;

        public override void Commit()
        {
            place.BeforeCommit?.Invoke();
            place.Content = _stream.ToArray();
        }

        protected override void Dispose(bool disposing) => _stream.Dispose();
    }
}
