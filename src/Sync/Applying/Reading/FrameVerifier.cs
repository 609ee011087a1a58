using BinarySync.Format;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

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
