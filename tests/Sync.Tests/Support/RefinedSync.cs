using BinarySync.Sync.Checksums;
using BinarySync.Sync.Requests;

namespace BinarySync.Sync.Tests.Support;

/// <summary>A case's coarse sync, in blocks of four or sixteen times the size, refined to its own block size.</summary>
internal sealed class RefinedSync
{
    private const int SmallestRatio = 4;

    private readonly SyncCase _sync;

    public RefinedSync(SyncCase sync)
    {
        _sync = sync;
        BlockHash[] hashes = [.. BlockHash.All];
        ChecksumSpecification a = sync.HowA with { BlockSize = CoarseSize(sync), Hash = hashes[sync.Seed % hashes.Length] };
        byte[] coarse = FourSteps.Request(
            FourSteps.Checksums(sync.StorageA, a, sync.Threads),
            FourSteps.Checksums(sync.StorageB, a with { Coverage = sync.RangesB }, sync.Threads));
        RefineResult asked = FourSteps.Refine(coarse, sync.BlockSize, sync.Hash);
        Coarse = asked.Header;
        ChecksumSpecification fine = FourSteps.HowFor(asked.Header);
        RemoteChecksums = FourSteps.Checksums(sync.StorageA, fine, sync.Threads);
        MasterChecksums = FourSteps.Checksums(sync.StorageB, fine, sync.Threads);
        DataFile = FourSteps.Data(sync.StorageB, FourSteps.Request(RemoteChecksums, MasterChecksums), sync.HowData, sync.Threads);
    }

    public MessageHeader Coarse { get; }

    /// <summary>The fine ones.</summary>
    public byte[] RemoteChecksums { get; }

    public byte[] MasterChecksums { get; }

    public byte[] DataFile { get; }

    /// <summary>
    /// What the coarse sync comes to. The block before the smaller end is asked for too, also where the coarse sync left it out.
    /// </summary>
    public byte[] Expected
    {
        get
        {
            SyncModel model = Model(_sync);
            byte[] expected = model.Expected;
            int end = Math.Min(model.A.Length, model.B.Length);
            if (model.ChangesSize && end > 0)
            {
                int first = (end - 1) / _sync.BlockSize * _sync.BlockSize;
                model.B.AsSpan(first, end - first).CopyTo(expected.AsSpan(first));
            }

            return expected;
        }
    }

    public static SyncModel Model(SyncCase sync) => new(sync.ContentA, sync.ContentB, CoarseSize(sync), sync.RangesA, sync.RangesB);

    private static int CoarseSize(SyncCase sync) => sync.BlockSize * (sync.Seed % 2 == 0 ? SmallestRatio : 4 * SmallestRatio);
}
