using System.Buffers.Binary;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>Takes the evidence of a target before a run changes it.</summary>
internal static class EvidenceTaker
{
    // A block of zeros is found in many targets, so only a few of them may be kept.
    private const int MostZeros = 8;

    /// <summary>Reads a few dozen pieces from below the page cache.</summary>
    /// <param name="target">As it is before the first change.</param>
    /// <param name="plan">The changes to come.</param>
    public static TargetEvidence Take(IReadableStorage target, PatchPlan plan)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        bool endTogether = geometry.Base.Size == geometry.Target.Size;
        return new TargetEvidence
        {
            Birth = target.ReadBirth(),
            Pieces = plan.Draft is { } draft ? [.. Pieces(target, geometry, draft.Untouched)] : [],
            Cells = plan.Draft?.Witnesses.Finish() ?? [],
            IsComplete = plan.Draft?.Witnesses.IsComplete ?? false,
            End = endTogether ? geometry.Target.Size : long.MaxValue,
        };
    }

    /// <summary>The XXH128 of bytes.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[16];
        BlockHash.Xxh128.Hash(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static IEnumerable<SeenPiece> Pieces(IReadableStorage target, SyncGeometry geometry, IReadOnlyList<long> blocks)
    {
        byte[] buffer = new byte[SeenPiece.MostBytes];
        int zeros = 0;
        foreach (long block in blocks)
        {
            long offset = geometry.Target.OffsetOf(block);
            int length = (int)Math.Min(Math.Min(geometry.Target.LengthOf(block), buffer.Length), target.Length - offset);
            if (length <= 0)
            {
                yield break;
            }

            if (TryRead(target, buffer.AsSpan(0, length), offset) && (!ZeroBlocks.IsZero(buffer.AsSpan(0, length)) || zeros++ < MostZeros))
            {
                yield return new SeenPiece(offset, length, HashOf(buffer.AsSpan(0, length)));
            }
        }
    }

    /// <summary>Reads below the cache; false if the medium does not return the bytes.</summary>
    public static bool TryRead(IReadableStorage target, Span<byte> bytes, long offset)
    {
        try
        {
            target.ReadBelowCache(bytes, offset);
            return true;
        }
        catch (StorageException unreadable) when (unreadable.Error is StorageError.ReadFailed or StorageError.EndReached)
        {
            return false;
        }
    }
}
