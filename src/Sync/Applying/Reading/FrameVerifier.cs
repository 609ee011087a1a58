using BinarySync.Format;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Decodes the frames of a data file, and compares their content with the hashes in the file.</summary>
/// <param name="header">Its header.</param>
/// <param name="patch">The data file.</param>
/// <param name="old">For frames over old content; null if there must be none.</param>
internal sealed class FrameVerifier(DataFileHeader header, PatchSource patch, IPrefixSource? old)
{
    private readonly FrameContent _content = new(header.SyncGeometry.Target, header.Hash, header.FrameSize);

    /// <summary>
    /// Decodes a frame and compares the whole blocks in it. May be called by many threads, each with its own item. If the content of a
    /// frame over old content cannot be made any more, the item says so.
    /// </summary>
    /// <exception cref="MessageFormatException">The frame is wrong.</exception>
    public void Check(PatchItem item)
    {
        item.HasContent = true;
        if (item.Frame.Codec != FrameCodec.Prefix)
        {
            item.Decode(patch);
        }
        else if (old is null)
        {
            throw new MessageFormatException(
                FormatError.Unsupported,
                patch.Name,
                item.FramePosition.Offset,
                $"section {item.FramePosition.Number}",
                $"section {item.FramePosition.Number} is compressed over old content, which only the target of the data file has");
        }
        else if (!old.TryDecode(item))
        {
            item.HasContent = false;
            return;
        }

        _content.Compare(item.Group, item.ContentFrom, item.Content, item.Hasher, item.WrongContent);
        DemandNone(item);
    }

    /// <summary>Compares blocks that are larger than a frame, as their frames arrive in order.</summary>
    /// <exception cref="MessageFormatException">A block is wrong.</exception>
    public void CheckNext(PatchItem item)
    {
        _content.CompareNext(item.Group, item.ContentFrom, item.Content, item.WrongContent);
        DemandNone(item);
    }

    // The content does not match its hash, although every checksum of the message is right.
    private void DemandNone(PatchItem item)
    {
        if (item.WrongContent.Blocks is [var block, ..])
        {
            throw new MessageFormatException(
                FormatError.Damaged,
                patch.Name,
                item.FramePosition.Offset,
                $"section {item.FramePosition.Number}",
                $"section {item.FramePosition.Number} has content for block {block} that does not match its hash");
        }
    }
}
