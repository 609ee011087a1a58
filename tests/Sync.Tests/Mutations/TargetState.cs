using BinarySync.Storage;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>What a target may look like when a data file is applied to it.</summary>
internal static class TargetState
{
    private const int Piece = 512;

    /// <summary>The base; partly or wholly patched; a file, or a device that may be longer.</summary>
    public static (DiskImage Target, StorageKind Kind) Pick(DiskImage from, DiskImage to, Random random) => random.Next(10) switch
    {
        0 => (to.Copy(), StorageKind.RegularFile),
        1 or 2 => (Between(from, to, random), StorageKind.RegularFile),
        3 => (Longer(from, to.Length), StorageKind.BlockDevice),
        4 => (Longer(from, to.Length + random.Next(1, 70_000)), StorageKind.BlockDevice),
        _ => (from.Copy(), StorageKind.RegularFile),
    };

    // Some pieces are the new ones already. Their size is that of the smallest block, so a larger block may be torn: that is not
    // recognised.
    private static DiskImage Between(DiskImage from, DiskImage to, Random random)
    {
        DiskImage result = from.Copy();
        if (to.Length > from.Length && random.Next(2) == 0)
        {
            result.SetLength(to.Length);
        }

        int step = Piece << random.Next(9);
        byte[] piece = new byte[step];
        for (long at = 0; at < Math.Min(result.Length, to.Length); at += step)
        {
            if (random.Next(2) == 0)
            {
                Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(step, Math.Min(result.Length, to.Length) - at));
                to.Read(bytes, at);
                result.Write(bytes, at);
            }
        }

        return result;
    }

    private static DiskImage Longer(DiskImage image, long length)
    {
        DiskImage result = image.Copy();
        result.SetLength(Math.Max(image.Length, length));
        return result;
    }
}
