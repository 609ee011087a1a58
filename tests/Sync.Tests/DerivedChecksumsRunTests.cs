using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Tests;

/// <summary>
/// The checksum file that applying makes, whatever else the run is: merged, refined, with copies, interrupted, taken back, on a device.
/// It is byte for byte the one that reading the target gives, or it is refused before anything is written.
/// </summary>
public sealed class DerivedChecksumsRunTests
{
    [Fact]
    public void Of_an_ordinary_data_file() => SyncCases.Whole.Check(40, sync => Holds(DerivedRun.Plain(sync)));

    [Fact]
    public void Of_copies() => SyncCases.Whole.Check(40, sync => Holds(DerivedRun.WithCopies(sync)));

    [Fact]
    public void Of_ranges() => SyncCases.Ranged.CheckFitting(40, sync => HoldsUnlessNothingIsCommon(sync, DerivedRun.WithCopies));

    [Fact]
    public void Of_a_merged_data_file() => SyncCases.Whole.Check(40, sync => Holds(DerivedRun.Merged(sync, sameSize: false)));

    [Fact]
    public void Of_a_merged_data_file_of_ranges() =>
        SyncCases.Ranged.CheckFitting(40, sync => HoldsUnlessNothingIsCommon(sync, one => DerivedRun.Merged(one, sameSize: true)));

    [Fact]
    public void Of_a_refined_data_file() => SyncCases.Whole.Check(40, sync => Holds(DerivedRun.Refined(sync)));

    [Fact]
    public void Of_a_refined_data_file_of_ranges() => SyncCases.Ranged.CheckFitting(40, sync =>
    {
        if (RefinedSync.Model(sync).NothingInCommon)
        {
            return false;
        }

        Holds(DerivedRun.Refined(sync));
        return true;
    });

    [Fact]
    public void Of_a_run_that_was_interrupted_and_gone_on_with() => Interrupted(SyncCases.Whole, SyncCases.Ranged, (run, left) =>
    {
        FakeStorage target = left.Target();
        FakeStateFile journal = new() { Content = left.Journal };
        run.Check(run.Run(target, FourSteps.Places(journal, left.Undo) with { Redo = left.Redo }), target);
        Assert.Null(journal.Content);
        return left.Journal is not null;
    });

    [Fact]
    public void Of_a_run_that_was_interrupted_and_taken_back() => Interrupted(SyncCases.Whole, SyncCases.Ranged, (run, left) =>
    {
        if (left.Undo.Content is not { } undo || left.Journal is null)
        {
            return false;
        }

        DerivedRun back = run.Back(undo);
        FakeStorage target = left.Target();
        FakeStateFile journal = new() { Content = left.Journal };
        ApplyPlaces places = FourSteps.Places(journal) with { Redo = left.Redo };
        if (run.Model.LeavesSize || (run.How.Parent is { } parent && parent != parent.Reversed()))
        {
            // The undo file's coarse sync leads the other way: the master's checksum file belongs to one that leads forth. And where the
            // ranges leave the size as it is, the master's checksum file is of a target of another size.
            RequireRefused(back, target, places);
            Assert.Equal(left.Journal, journal.Content);
            return false;
        }

        back.Check(back.Run(target, places), target);
        Assert.Null(journal.Content);
        return true;
    });

    [Fact]
    public void Of_a_run_that_was_finished_and_taken_back() => SyncCases.Whole.Check(40, sync =>
    {
        DerivedRun run = sync.Seed % 2 == 0 ? DerivedRun.WithCopies(sync) : DerivedRun.Merged(sync, sameSize: false);
        FakeStorage target = run.Sync.StorageA;
        FakeUndoPlace undo = new();
        byte[] derived = run.Run(target, FourSteps.Places(undo: undo));

        // What was made of the way there is good for the way back.
        DerivedRun back = run.Back(undo.Content!) with { Old = derived };
        back.Check(back.Run(target), target);
    });

    [Fact]
    public void On_a_device_of_any_length() => SyncCases.Whole.Check(40, sync => OnDevices(sync, DerivedRun.WithCopies(sync)));

    [Fact]
    public void On_a_device_with_ranges() => SyncCases.Ranged.CheckFitting(40, sync =>
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        OnDevices(sync, DerivedRun.Plain(sync));
        return true;
    });

    [Fact]
    public void Another_checksum_file_is_refused_before_anything_is_written()
    {
        byte[] a = Content(1, 40_000);
        byte[] b = [.. a, .. Content(2, 3000)];
        b.AsSpan(9_000, 20_000).Reverse();
        byte[] other = [.. a];
        other[39_000] ^= 1;
        ChecksumSpecification how = new() { BlockSize = 512 };
        byte[] master = Of(b, how);
        (string Name, byte[] Checksums)[] others =
        [
            ("of the master", master),
            ("of another target", Of(other, how)),
            ("of a shorter target", Of(a[..^1], how)),
            ("of another block size", Of(a, how with { BlockSize = 1024 })),
            ("of another hash", Of(a, how with { Hash = BlockHash.Xxh3 })),
            ("of fewer blocks", Of(a, how with { Coverage = BlockCoverage.Of([new BlockRun(0, 60)]) })),
        ];

        byte[] request = FourSteps.Request(Of(a, how), master);
        byte[] merged = FourSteps.Data(FakeStorage.File(b), FourSteps.Merge([request, FourSteps.Request(Of(other, how), master)]));
        ChecksumSpecification coarse = how with { BlockSize = 4096 };
        byte[] coarseRequest = FourSteps.Request(Of(a, coarse), Of(b, coarse));
        ChecksumSpecification fine = FourSteps.HowFor(FourSteps.Refine(coarseRequest, 512).Header);
        byte[] refined = FourSteps.Data(FakeStorage.File(b), FourSteps.Request(Of(a, fine), Of(b, fine)));
        byte[] plain = FourSteps.Data(FakeStorage.File(b), request);
        byte[] copying = FourSteps.Data(FakeStorage.File(b), FourSteps.RequestWithCopies(Of(a, how), master));
        (string Name, Func<PatchSource> Patch, (string Name, byte[] Checksums)[] Wrong)[] runs =
        [
            ("plain", () => FourSteps.Patch(plain), others),
            ("copying", () => FourSteps.Patch(copying), others),
            ("merged", () => new PatchSource(new MemoryFile(merged), "merged.dtf", FourSteps.Own(request)), others),
            ("refined", () => FourSteps.Patch(refined),
            [
                .. others,
                ("of the whole target", Of(a, how)),
                ("of the coarse request", Of(a, coarse)),
                ("of the master, refined", Of(b, fine)),
                ("of another target, refined", Of(other, fine)),
                ("that refines another request", Of(a, fine with { Parent = fine.Parent! with { TargetRoot = new byte[16] } })),
            ]),
        ];
        foreach ((string kind, Func<PatchSource> patch, (string Name, byte[] Checksums)[] wrong) in runs)
        {
            foreach ((string name, byte[] checksums) in wrong)
            {
                FakeStorage target = FakeStorage.File(a);
                FakeStateFile journal = new();
                FakeUndoPlace undo = new();

                SyncException refused = Assert.Throws<SyncException>(
                    () => Apply(target, patch(), checksums, FourSteps.Places(journal, undo)));

                Assert.True(refused.Error == SyncError.Mismatch, $"{kind}, {name}: {refused.Error}");
                Assert.True(
                    refused.Subject == "old.ckf" && refused.Message.Contains("nothing was written", StringComparison.Ordinal),
                    $"{kind}, {name}: {refused.Message}");
                Assert.True(
                    target.Changes.Count == 0 && journal.Log.Count == 0 && undo.Content is null, $"{kind}, {name}: something was written");
            }
        }
    }

    [Fact]
    public void In_the_middle_of_a_run_another_one_leaves_all_as_it_is()
    {
        byte[] a = Content(1, 40_000);
        byte[] b = Content(2, 40_000);
        ChecksumSpecification how = new() { BlockSize = 512 };
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStateFile journal = new();
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
        Assert.Throws<StorageException>(() => Apply(target, FourSteps.Patch(dataFile), Of(a, how), FourSteps.Places(journal)));
        target = new FakeStorage(target.Cache.Copy());
        byte[]? standing = journal.Content;
        Assert.NotNull(standing);

        SyncException refused = Assert.Throws<SyncException>(
            () => Apply(target, FourSteps.Patch(dataFile), Of(b, how), FourSteps.Places(journal)));

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Empty(target.Changes);
        Assert.Equal(standing, journal.Content);
        Apply(target, FourSteps.Patch(dataFile), Of(a, how), FourSteps.Places(journal));
        Assert.Equal(b, target.Content);
    }

    private static bool HoldsUnlessNothingIsCommon(SyncCase sync, Func<SyncCase, DerivedRun> make)
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        Holds(make(sync));
        return true;
    }

    private static void Holds(DerivedRun run)
    {
        FakeStorage target = run.Sync.StorageA;
        byte[] derived = run.Run(target);
        Assert.Equal(run.Model.Expected, target.Content);
        run.Check(derived, target);

        // The same command once more.
        Assert.Equal(derived, run.Run(target));
    }

    // Each call of two kinds that fails, until none does; what is left is what a kill leaves, and what a power cut leaves. What is done
    // then says whether a run had been begun that it could go on with.
    private static void Interrupted(
        FsCheck.Arbitrary<SyncCase> whole, FsCheck.Arbitrary<SyncCase> ranged, Func<DerivedRun, Left, bool> check)
    {
        const int Least = 15;
        int tried = 0;
        whole.Check(10, sync =>
        {
            Break(DerivedRun.WithCopies(sync), Then);
            Break(DerivedRun.Merged(sync, sameSize: false), Then);
            Break(DerivedRun.Refined(sync), Then);
        });
        ranged.CheckFitting(10, sync =>
        {
            if (new SyncModel(sync).NothingInCommon)
            {
                return false;
            }

            Break(DerivedRun.WithCopies(sync), Then);
            return true;
        });
        Assert.InRange(tried, Least, int.MaxValue);

        void Then(DerivedRun run, Left left) => tried += check(run, left) ? 1 : 0;
    }

    private static void Break(DerivedRun run, Action<DerivedRun, Left> then)
    {
        foreach (DiskCall call in new[] { DiskCall.Write, DiskCall.Flush })
        {
            for (int number = 1; number <= 3; number++)
            {
                FakeStateFile journal = new();
                FakeUndoPlace undo = new();
                FakeRedoFile redo = new();
                FakeStorage target = run.Sync.StorageA.FailAt(new DiskFault(call, number, StorageError.WriteFailed));
                try
                {
                    run.Check(run.Run(target, FourSteps.Places(journal, undo) with { Redo = redo }), target);
                    break;
                }
                catch (StorageException)
                {
                    then(run, new Left(target.Cache, journal.Content?.ToArray(), undo, Copy(redo)));
                    then(run, new Left(target.Medium, journal.Content?.ToArray(), undo, Copy(redo)));
                }
            }
        }
    }

    private static FakeRedoFile Copy(FakeRedoFile redo) => new() { Content = redo.Content?.ToArray() };

    // A device keeps its length: where that is not what the two checksum files speak of, nobody can tell what the rest is.
    private static void OnDevices(SyncCase sync, DerivedRun run)
    {
        long final = run.Model.Expected.Length;
        int larger = Math.Max(sync.ContentA.Length, sync.ContentB.Length);
        foreach (int length in new[] { sync.ContentA.Length, sync.ContentB.Length, larger, larger + 1, larger + 3000 }.Distinct())
        {
            byte[] content = new byte[Math.Max(length, sync.ContentA.Length)];
            sync.ContentA.CopyTo(content, 0);
            FakeStorage target = FakeStorage.Device(content.AsSpan(0, length));
            if (length == final && length >= sync.ContentA.Length)
            {
                run.Check(run.Run(target), target);
                Assert.Equal(run.Model.After(content, isDevice: true), target.Content);
            }
            else if (length >= sync.ContentA.Length)
            {
                RequireRefused(run, target, FourSteps.Places());
            }
        }
    }

    private static void RequireRefused(DerivedRun run, FakeStorage target, ApplyPlaces places)
    {
        byte[] before = target.Content;
        SyncException refused = Assert.Throws<SyncException>(() => run.Run(target, places));
        Assert.True(refused.Error == SyncError.Mismatch, $"{refused.Error}: {refused.Message}");
        Assert.Empty(target.Changes);
        Assert.Equal(before, target.Content);
    }

    private static void Apply(FakeStorage target, PatchSource patch, byte[] old, ApplyPlaces places) => ApplyOperation.Run(
        target, patch, places with
        {
            OldChecksums = new ChecksumSource(new MemoryStream(old), "old.ckf"),
        }, new ApplySpecification(), FourSteps.Threads(2));

    private static byte[] Of(byte[] content, ChecksumSpecification how) => FourSteps.Checksums(FakeStorage.File(content), how);

    private static byte[] Content(int seed, int length)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>What an interrupted run has left.</summary>
    private sealed record Left(DiskImage Image, byte[]? Journal, FakeUndoPlace Undo, FakeRedoFile Redo)
    {
        public FakeStorage Target() => new(Image.Copy());
    }
}
