using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// B's last block, if it is short and A fills it further. On a device, the rest of it is left alone, like everything behind B, unless a
/// data file leads the other way. That data file expects the block as B has it with zeros behind it, and brings the rest back. In a file
/// that is patched part by part, the rest becomes zeros. Then the undo file of the part recognises the block, and so does the part itself
/// after it was taken back.
/// </summary>
internal static class LastBlock
{
    private static readonly byte[] Zeros = new byte[16 << 10];

    /// <summary>Bytes that become zeros behind the bytes written up to <paramref name="end"/>; most often 0.</summary>
    public static int RestBehind(IWritableStorage target, DataFileHeader header, PatchJournal journal, long end) =>
        (target.HasFixedLength ? journal.LeadsBack : header.Set is not null) ? RestBehind(target, header, end) : 0;

    private static int RestBehind(IWritableStorage target, DataFileHeader header, long end)
    {
        SyncGeometry geometry = header.SyncGeometry;
        if (!geometry.ResizesTarget || end != geometry.Target.Size || geometry.Target.ShortLength == 0)
        {
            return 0;
        }

        return (int)Math.Clamp(target.Length - end, 0, Math.Max(0, Rest(geometry)));
    }

    /// <summary>
    /// Passes on zeros for the bytes that become zeros behind <paramref name="end"/>, in pieces: a block may be too large to have in
    /// memory. For blocks that the journal does not name any more when the target is cut: so they become zeros in a file too, if a data
    /// file leads the other way.
    /// </summary>
    public static void ForEachRestBehind(IWritableStorage target, DataFileHeader header, PatchJournal journal, long end, RedoHandler use)
    {
        bool becomesZeros = journal.LeadsBack || (!target.HasFixedLength && header.Set is not null);
        for (int left = becomesZeros ? RestBehind(target, header, end) : 0; left > 0;)
        {
            int length = Math.Min(left, Zeros.Length);
            use(Zeros.AsSpan(0, length), end);
            end += length;
            left -= length;
        }
    }

    /// <summary>
    /// Used after a crash in the middle of a cut of a file, if a part of a set takes the cut back. The block at which the file was to end
    /// may belong to any part. The bytes behind that end may be there up to some byte, and gone from there on. They become zeros, as the
    /// undo file of that part expects. If this is that very part, all of the block is written again anyway. A window of the journal that
    /// begins at exactly that byte shows the cut: windows of content begin with blocks.
    /// </summary>
    public static void ClearBehindInterruptedCut(IWritableStorage target, PatchPlan plan, PatchSource patch)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        long end = geometry.Base.Size;
        bool wasCut = plan.Header.Set is not null
            && geometry.Base.ShortLength > 0
            && plan.Doubt.Windows.Any(window => window.Offset == end);
        if (!wasCut || SpeaksOf(patch, geometry.Base.BlockAt(end)))
        {
            return;
        }

        long behind = Math.Min(geometry.Base.OffsetOf(geometry.Base.BlockCount), target.Length);
        for (; end < behind; end += Zeros.Length)
        {
            target.Write(Zeros.AsSpan(0, (int)Math.Min(behind - end, Zeros.Length)), end);
        }
    }

    /// <summary>
    /// The last block of B, if A fills it further. Another run that was given up may have left it new for this direction, and neither old
    /// nor new for the other one. Empty if there is no such block.
    /// </summary>
    public static IReadOnlyList<ByteRange> LeftByOthers(SyncGeometry geometry)
    {
        if (!geometry.ResizesTarget || geometry.Target.ShortLength == 0 || Rest(geometry) <= 0)
        {
            return [];
        }

        long offset = geometry.Target.OffsetOf(geometry.Target.BlockCount - 1);
        return [new ByteRange(offset, offset + geometry.Target.BlockSize)];
    }

    private static bool SpeaksOf(PatchSource patch, long block)
    {
        OperationCursor cursor = new(patch.Open(skipContent: true));
        cursor.Seek(block);
        return cursor.Operation.Blocks.First <= block;
    }

    private static int Rest(SyncGeometry geometry)
    {
        long block = geometry.Target.BlockCount - 1;
        return geometry.Base.LengthOf(block) - geometry.Target.LengthOf(block);
    }
}
