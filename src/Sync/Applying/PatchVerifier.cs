using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>Compares the content of a data file with the hashes that it gives.</summary>
internal sealed class FrameVerifier
{
    private readonly MessageHeader _header;
    private readonly SyncGeometry _geometry;
    private readonly PatchSource _patch;
    private readonly SpanningBlock? _spanning;

    public FrameVerifier(MessageHeader header, PatchSource patch)
    {
        _header = header;
        _geometry = header.SyncGeometry;
        _patch = patch;
        _spanning = header.BlockSize > header.FrameSize ? new SpanningBlock(_geometry.Target, header.Hash) : null;
    }

    /// <summary>An error for content that is not what its hash says, although every checksum of the message is right.</summary>
    public static MessageFormatException WrongContent(string source, PatchItem item, long block) => new(
        FormatError.Damaged,
        source,
        item.FramePlace.Offset,
        $"section {item.FramePlace.Number}",
        $"section {item.FramePlace.Number} has content for block {block} that does not match its hash");

    /// <summary>Decodes a frame and compares the whole blocks in it. May be called by many threads, each with its own item.</summary>
    /// <exception cref="MessageFormatException">The frame is wrong.</exception>
    public void Check(PatchItem item)
    {
        ReadOnlySpan<byte> raw = item.Decode(_patch);
        if (_spanning is not null)
        {
            return;
        }

        foreach (ContentPiece piece in item.Group.PiecesOf(_geometry.Target, item.ContentFrom, raw.Length))
        {
            BlockContent.FindMismatches(
                item.Group, piece, _geometry.Target, _header.Hash, item.Raw.AsSpan(piece.ContentOffset, piece.Length), item.Hash, item.WrongContent);
        }

        if (item.WrongContent.Count > 0)
        {
            throw WrongContent(_patch.Name, item, item.WrongContent[0]);
        }
    }

    /// <summary>Compares blocks that are larger than a frame, as their frames come by in order.</summary>
    /// <exception cref="MessageFormatException">A block is wrong.</exception>
    public void Append(PatchItem item)
    {
        if (_spanning is null)
        {
            return;
        }

        foreach (ContentPiece piece in item.Group.PiecesOf(_geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            if (_spanning.Append(item.Group, piece, item.Raw.AsSpan(piece.ContentOffset, piece.Length)) is { } block)
            {
                throw WrongContent(_patch.Name, item, block);
            }
        }
    }
}

/// <summary>Verifies a data file whole, without a target.</summary>
internal sealed class PatchVerifier(PatchSource patch, PatchWorkspace workspace, SyncOptions options)
{
    /// <summary>Reads it once.</summary>
    /// <exception cref="MessageFormatException">It is refused.</exception>
    public MessageTrailer Verify(out MessageHeader header)
    {
        OperationReader reader = patch.Open(skipContent: false);
        header = reader.Header;
        FrameVerifier frames = new(reader.Header, patch);
        PatchItems items = new(reader, PatchPass.Verify, 0, workspace);
        options.Progress.Begin("verifying the undo file", patch.Length);
        long position = 0;
        OrderedPipeline<PatchItem>.Run(
            options.Threads,
            workspace.BeginPass(reader),
            item =>
            {
                options.Progress.Advance(reader.Position - position);
                position = reader.Position;
                return items.Take(item);
            },
            item =>
            {
                item.Clear();
                frames.Check(item);
            },
            item =>
            {
                frames.Append(item);
                item.Release();
            },
            options.Cancellation);
        options.Progress.Advance(patch.Length - position);
        patch.RequireSame(reader.Trailer);
        return reader.Trailer;
    }
}
