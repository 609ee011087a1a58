using BinarySync.Format;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Decodes the frames of a data file, and compares their content with the hashes in the file.</summary>
internal sealed class FrameVerifier(DataFileHeader header, PatchSource patch)
{
    private readonly FrameContent _content = new(header.SyncGeometry.Target, header.Hash, header.FrameSize);

    /// <summary>Decodes a frame and compares the whole blocks in it. May be called by many threads, each with its own item.</summary>
    /// <exception cref="MessageFormatException">The frame is wrong.</exception>
    public void Check(PatchItem item)
    {
        item.Decode(patch);
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
