using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>
/// Finds the content of a frame that is compressed over the old content of its own blocks (Format.md 4.8). If all of that is still in the
/// target, the frame is decoded over it: over the very bytes that were recognised. Otherwise an interrupted run has brought the content: it
/// is in the redo, which is written as it is, or in the blocks' own places. Safe from several threads, each with its own item.
/// </summary>
/// <param name="target">The target.</param>
/// <param name="geometry">A and B.</param>
/// <param name="patch">The data file.</param>
/// <param name="redo">The redo that an earlier run has left, and that is written first; null for none.</param>
/// <param name="doubt">
/// The blocks that the journal does not vouch for. If there are any, the target is read from below the page cache.
/// </param>
internal sealed class PrefixContent(IReadableStorage target, SyncGeometry geometry, PatchSource patch, RedoLog? redo, PatchDoubt doubt)
    : IPrefixSource
{
    /// <summary>Finds the content of the item's frame, and decodes it.</summary>
    /// <param name="item">
    /// A frame over old content. Gets the content; <see cref="BlockFindings.NotNew"/> gets the blocks that are to be written; if false,
    /// <see cref="BlockFindings.WithoutOld"/> those whose content cannot be made any more.
    /// </param>
    /// <returns>False if old content is gone, but not all of the new content is there.</returns>
    /// <exception cref="MessageFormatException">It does not decompress.</exception>
    public bool TryDecode(PatchItem item)
    {
        Announce(item);
        Span<byte> old = item.TakeOld(geometry.Target.BlockSize);
        Span<byte> content = item.TakeContent();
        bool hasPrefix = true;
        int prefix = 0;
        foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            Span<byte> here = old[prefix..];
            here = here[..Read(item, piece, here)];
            hasPrefix &= Look(item, piece, here, content.Slice(piece.ContentOffset, piece.Length));
            prefix += piece.PrefixLength(geometry.Base);
        }

        if (hasPrefix)
        {
            item.Found.WithoutOld.Clear();
            item.Decode(patch, old[..prefix]);
            return true;
        }

        return item.Found.WithoutOld.Count == 0;
    }

    // The first time, many places are read side by side.
    private void Announce(PatchItem item)
    {
        if (doubt.IsNone)
        {
            foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, item.Frame.RawLength))
            {
                if (LengthToRead(piece) is var length and > 0)
                {
                    target.Announce(piece.TargetOffset, length);
                }
            }
        }
    }

    private BlockRun BlocksOf(in ContentPiece piece) => BlockRun.Between(
        geometry.Target.BlockAt(piece.TargetOffset), geometry.Target.BlockAt(piece.TargetOffset + piece.Length - 1) + 1);

    // As much as the target has of A's blocks and of B's.
    private int LengthToRead(in ContentPiece piece)
    {
        long last = BlocksOf(piece).Last;
        long end = geometry.Target.OffsetOf(last) + Math.Max(geometry.Base.LengthOf(last), geometry.Target.LengthOf(last));
        return (int)Math.Max(0, Math.Min(end, target.Length) - piece.TargetOffset);
    }

    // Blocks that cannot be read together are tried one by one, each from below the cache, as for recognising.
    private int Read(PatchItem item, in ContentPiece piece, Span<byte> here)
    {
        here = here[..LengthToRead(piece)];
        if (here.IsEmpty)
        {
            return 0;
        }

        try
        {
            target.Read(here, piece.TargetOffset, belowCache: !doubt.IsNone);
        }
        catch (StorageException failure) when (failure.IsOfMedium)
        {
            BlockRun blocks = BlocksOf(piece);
            for (long block = blocks.First; block < blocks.End; block++)
            {
                int at = Math.Min((int)(geometry.Target.OffsetOf(block) - piece.TargetOffset), here.Length);
                Span<byte> bytes = block == blocks.Last ? here[at..] : here[at..Math.Min(at + geometry.Target.BlockSize, here.Length)];
                if (!UnreadableBlocks.TryRead(target, bytes, piece.TargetOffset + at, belowCache: true))
                {
                    item.Found.Unreadable.Add(block);
                }
            }
        }

        return here.Length;
    }

    // True if all blocks have the old content that the prefix needs.
    private bool Look(PatchItem item, in ContentPiece piece, ReadOnlySpan<byte> here, Span<byte> content)
    {
        bool isOld = true;
        BlockRun blocks = BlocksOf(piece);
        for (long block = blocks.First; block < blocks.End; block++)
        {
            int at = (int)(geometry.Target.OffsetOf(block) - piece.TargetOffset);
            Span<byte> own = content.Slice(at, geometry.Target.LengthOf(block));
            if (redo?.TryRead(own, geometry.Target.OffsetOf(block)) == true)
            {
                // Whatever is in the target, this is what it gets.
                isOld = false;
                item.Found.InRedo.Add(block);
                item.Found.NotNew.Add(block);
                if (!IsNew(item, piece.Operation, block, own))
                {
                    item.Found.WithoutOld.Add(block);
                }

                continue;
            }

            if (item.Found.Unreadable.Contains(block))
            {
                // Neither old nor new; the checker says what it is.
                isOld &= piece.Operation.Old == OldKind.Absent;
                item.Found.WithoutOld.Add(block);
                item.Found.NotNew.Add(block);
                continue;
            }

            ReadOnlySpan<byte> bytes = here[Math.Min(at, here.Length)..];
            item.Classifier.Begin(item.Group, piece.Operation, block);
            bytes = bytes[..Math.Min(bytes.Length, item.Classifier.ContentLength(block, target.Length))];
            item.Classifier.Append(bytes);
            BlockEvidence evidence = item.Classifier.Finish();
            isOld &= evidence.HasPrefix;
            if (evidence.State is BlockState.New or BlockState.OldAndNew)
            {
                bytes[..own.Length].CopyTo(own);
                if (!doubt.Touches(new BlockRun(block, 1)))
                {
                    continue;
                }
            }
            else
            {
                item.Found.WithoutOld.Add(block);
                if (evidence.State == BlockState.Unrecognized)
                {
                    item.Found.Strange.Add(block);
                }
            }

            item.Found.NotNew.Add(block);
        }

        return isOld;
    }

    private static bool IsNew(PatchItem item, in Operation operation, long block, ReadOnlySpan<byte> content)
    {
        item.Hasher.Begin(block);
        return item.Hasher.Next(ref content)
            && item.Hasher.Value.SequenceEqual(item.Group.NewHash(operation, block - operation.Blocks.First));
    }
}
