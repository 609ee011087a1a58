using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Messages;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// A data file that is read several times: a regular file, or a pipe that was spooled. It must be the same each time, so the bytes read are
/// pinned (<see cref="PinnedStream"/>).
/// </summary>
/// <param name="stream">
/// Seekable; stays the caller's. A stream that is pinned already continues to be compared with its earlier bytes.
/// </param>
/// <param name="name">Its name in messages.</param>
/// <param name="own">The request of the remote that owns the target, if the data file is for several; else null.</param>
/// <param name="digest">The digest that it had when it was read before; null if it was not.</param>
public sealed class PatchSource(Stream stream, string name, OwnRequest? own = null, ReadOnlyMemory<byte>? digest = null)
{
    private readonly MessageBuffers _buffers = new();
    private Stream? _pinned;
    private OperationsHeader? _header;
    private ReadOnlyMemory<byte>? _digest = digest;

    public string Name => name;

    /// <summary>The name of the remote's own request, if the data file is for several; else null.</summary>
    internal string? OwnName => own?.Name;

    /// <summary>Which stretch of a stream it is; null for a whole data file.</summary>
    internal StreamStretch? Stretch { get; init; }

    /// <summary>What the journal calls it.</summary>
    internal string NameInJournal => Stretch is null ? name : $"{name} (as a stream)";

    /// <summary>
    /// What a refusal says about the target: that nothing was written, or, in the middle of a stream, that something was.
    /// </summary>
    /// <param name="untouched">What it says for a whole data file.</param>
    internal string Untouched(string untouched) => Stretch is { IsFirst: false } stretch
        ? $"everything before block {stretch.FirstBlock} is patched, and nothing else was written"
        : untouched;

    /// <summary>
    /// The digest of the data file, joined with that of the own request if there is one. Available once the file has been read to its end.
    /// </summary>
    public ReadOnlyMemory<byte> Digest => _digest ?? throw new InvalidOperationException("the data file has not been read yet");

    /// <summary>Bytes.</summary>
    public long Length => stream.Length;

    /// <summary>
    /// A decoder of its frames, for one thread. Frames with repeats need a stream that is an <see cref="IPositionalReader"/>.
    /// </summary>
    internal FrameDecoder CreateDecoder() => new(name, Pinned is PinnedStream { CanReadAt: true } file ? file.ReadAt : null);

    /// <summary>Begins to read from the front. A reader that was opened before must not be used any more.</summary>
    /// <param name="skipContent">Skip the frames: for a data file that has been verified.</param>
    /// <param name="keepsCopies">
    /// Keep the copies. Otherwise they are kept only until they are known to have an order: see <see cref="OperationReader.Copies"/>.
    /// </param>
    /// <exception cref="SyncException">It is not the one that was read before, or not for the remote whose request was given.</exception>
    internal IOperationReader Open(bool skipContent, bool keepsCopies = false)
    {
        IOperationReader reader = ReadHeader(skipContent);
        if (!keepsCopies && _digest is not null)
        {
            // If it is another file by now, its digest shows that.
            reader.ForgetCopies();
        }

        return reader;
    }

    private IOperationReader ReadHeader(bool skipContent)
    {
        Stream pinned = Pinned;
        pinned.Position = 0;
        IOperationReader reader = PatchReaders.Open(pinned, name, skipContent, _buffers, own, Stretch);
        _header ??= reader.Header;
        return reader.Header == _header ? reader : throw Changed();
    }

    /// <summary>Compares the digest with that of the previous reading.</summary>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    public void RequireSame(OperationsTrailer trailer)
    {
        _digest ??= trailer.Digest;
        if (!trailer.Digest.Span.SequenceEqual(_digest.Value.Span))
        {
            throw Changed();
        }
    }

    /// <summary>An error for a data file that is not the one that was read before.</summary>
    internal SyncException Changed() => new(
        SyncReason.MessageChanged,
        name,
        "changed since it was first read: it is another file now");

    // A stretch is in memory, where nobody can exchange it.
    private Stream Pinned => _pinned ??= Stretch is null ? PinnedStream.Of(stream, name) : stream;
}
