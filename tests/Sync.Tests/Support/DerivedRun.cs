using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Comparing;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Support;

/// <summary>A run of applying that brings a checksum file up to date, and what has to come of it.</summary>
internal sealed record DerivedRun
{
    public required SyncCase Sync { get; init; }

    /// <summary>The checksum file of the target as it was.</summary>
    public required byte[] Old { get; init; }

    /// <summary>How that one was made.</summary>
    public required ChecksumSpecification How { get; init; }

    /// <summary>That of what it is to become.</summary>
    public required byte[] Masters { get; init; }

    public required Func<PatchSource> Patch { get; init; }

    /// <summary>What applying comes to, in the blocks of the checksum file.</summary>
    public required SyncModel Model { get; init; }

    public static DerivedRun Plain(SyncCase sync)
    {
        byte[] dataFile = sync.DataFile();
        return Of(sync, () => FourSteps.Patch(dataFile));
    }

    public static DerivedRun WithCopies(SyncCase sync)
    {
        byte[] dataFile = sync.DataFileWithCopies();
        return Of(sync, () => FourSteps.Patch(dataFile));
    }

    /// <summary>One of the remotes that a data file was merged for.</summary>
    public static DerivedRun Merged(SyncCase sync, bool sameSize)
    {
        Fleet fleet = new(sync, sameSize);
        int remote = sync.Seed % fleet.Remotes.Count;
        return Of(fleet.Remotes[remote], () => fleet.Patch(remote));
    }

    public static DerivedRun Refined(SyncCase sync)
    {
        RefinedSync refined = new(sync);
        ChecksumSpecification how = FourSteps.HowFor(refined.Coarse);
        return new DerivedRun
        {
            Sync = sync,
            Old = refined.RemoteChecksums,
            How = how,
            Masters = refined.MasterChecksums,
            Patch = () => FourSteps.Patch(refined.DataFile),
            Model = new SyncModel(sync.ContentA, sync.ContentB, sync.BlockSize, how.Coverage, how.Coverage),
        };
    }

    /// <summary>The way back, by the undo file of this run.</summary>
    public DerivedRun Back(byte[] undo) => this with
    {
        // What lies outside the ranges is the remote's still: the master's own checksum file says nothing of that.
        Old = FourSteps.Checksums(FakeStorage.File(Model.Expected), How with { Coverage = BackRanges(Sync.RangesB) }),
        How = How with { Coverage = BackRanges(Sync.RangesB) },
        Masters = Old,
        Patch = () => FourSteps.Patch(undo),
        Model = new SyncModel(Model.Expected, Model.A, Sync.BlockSize, BackRanges(Sync.RangesB), BackRanges(Sync.RangesA)),
    };

    // Of a refined sync both checksum files have the ranges that were asked for.
    private BlockCoverage BackRanges(BlockCoverage own) => How.Parent is null ? own : How.Coverage;

    /// <summary>Applies, and writes the new checksum file, as the program does.</summary>
    public byte[] Run(FakeStorage target, ApplyPlaces? places = null)
    {
        ChecksumSource source = new(new MemoryStream(Old), "old.ckf");
        PatchSource patch = Patch();
        ApplyResult done = ApplyOperation.Run(
            target, patch, (places ?? FourSteps.Places()) with
            {
                OldChecksums = source,
            }, new ApplySpecification(), FourSteps.Threads(Sync.Threads));
        using MemoryStream output = new();
        DerivedChecksums.Write(source, patch, done.Plan, output);
        return output.ToArray();
    }

    /// <summary>Byte for byte what reading the target gives, but for the key that says how it was made.</summary>
    public void Check(byte[] derived, FakeStorage target)
    {
        byte[] read = FourSteps.Checksums(target, How with { Coverage = CoverageAfter() }, Sync.Threads);
        MessageForge forge = MessageDissector.Dissect(derived);
        forge.Header.Remove("derived");
        Assert.Equal(read, forge.Build().Bytes);
        Assert.NotEqual(read, derived);
    }

    // What was known of the blocks that are left, and what was compared.
    private BlockCoverage CoverageAfter()
    {
        long before = BlocksOf(Model.A);
        long after = BlocksOf(Model.Expected);
        BlockCoverage known = How.Coverage.ClipTo(before);
        return BlockCoverage.Of(FourSteps.Runs(FourSteps.Each(new BlockRun(0, after)).Where(block =>
            (block < before && known.Contains(new BlockRun(block, 1))) || Model.Compared.Contains(block)))).ClipTo(after);
    }

    private static DerivedRun Of(SyncCase sync, Func<PatchSource> patch) => new()
    {
        Sync = sync,
        Old = FourSteps.Checksums(sync.StorageA, sync.HowA, sync.Threads),
        How = sync.HowA,
        Masters = FourSteps.Checksums(sync.StorageB, sync.HowB, sync.Threads),
        Patch = patch,
        Model = new SyncModel(sync),
    };

    private long BlocksOf(byte[] content) => (content.Length + Sync.BlockSize - 1) / Sync.BlockSize;
}
