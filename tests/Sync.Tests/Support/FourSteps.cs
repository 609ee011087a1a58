using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Copies;
using BinarySync.Sync.Pipeline;
using BinarySync.Sync.Requests;
using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Support;

/// <summary>The four steps of a sync in memory.</summary>
internal static class FourSteps
{
    public static byte[] Checksums(IReadableStorage source, ChecksumSpecification specification, int threads = 2)
    {
        using MemoryStream output = new();
        ChecksumOperation.Run(source, specification, output, Threads(threads));
        return output.ToArray();
    }

    public static byte[] Request(byte[] remote, byte[] master, string? label = null)
    {
        using MemoryStream output = new();
        using ChecksumFileReader a = new(new MemoryStream(remote), "remote.ckf");
        using ChecksumFileReader b = new(new MemoryStream(master), "master.ckf");
        DataRequestOperation.Run(a, b, label, output, new SyncOptions());
        return output.ToArray();
    }

    /// <summary>A request that copies what A has elsewhere.</summary>
    public static byte[] RequestWithCopies(byte[] remote, byte[] master, CopyLimits? limits = null, int threads = 2)
    {
        using MemoryStream output = new();
        DataRequestOperation.RunWithCopies(
            new ChecksumSource(
                new MemoryStream(remote), "remote.ckf"), new ChecksumSource(new MemoryStream(master), "master.ckf"), null, output, limits
                ?? new CopyLimits(), Threads(threads));
        return output.ToArray();
    }

    /// <summary>A request that copies what A has anywhere, at any byte.</summary>
    public static byte[] RequestWithShifts(byte[] a, byte[] b, byte[] remote, byte[] master)
    {
        using MemoryStream output = new();
        DataRequestOperation.RunWithCopies(
            new ChecksumSource(new MemoryStream(remote), "remote.ckf"),
            new ChecksumSource(new MemoryStream(master), "master.ckf"),
            geometry => new PlainShiftSearch(a, b, geometry),
            null,
            output,
            new SyncOptions());
        return output.ToArray();
    }

    /// <summary>The trailer of a request.</summary>
    public static OperationsTrailer TrailerOf(byte[] request)
    {
        OperationReader reader = new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);
        while (reader.ReadGroup(new OperationGroup()))
        {
        }

        return reader.Trailer;
    }

    /// <summary>The trailer of a data file.</summary>
    public static OperationsTrailer TrailerOfDataFile(byte[] dataFile)
    {
        OperationReader reader = new(new MemoryStream(dataFile), "update.dtf", MessageKind.DataFile);
        while (reader.ReadGroup(new OperationGroup()))
        {
            while (reader.ReadFrame(out _))
            {
            }
        }

        return reader.Trailer;
    }

    /// <summary>One request for the remotes of all.</summary>
    public static byte[] Merge(IEnumerable<byte[]> requests)
    {
        using MemoryStream output = new();
        MergeOperation.Run(
            [.. requests.Select((request, i) => new MergeInput(new MemoryStream(request), $"{i}.dtr"))], null, output, new SyncOptions());
        return output.ToArray();
    }

    /// <summary>A remote's own request, as `apply` takes it.</summary>
    public static OwnRequest Own(byte[] request) => new(new MemoryStream(request), "own.dtr");

    /// <summary>The checksum request that refines a coarse data request.</summary>
    public static RefineResult Refine(byte[] coarse, int blockSize, BlockHash? hash = null)
    {
        OperationReader reader = new(new MemoryStream(coarse), "coarse.dtr", MessageKind.DataRequest);
        return RefineOperation.Run(reader, blockSize, hash ?? reader.Header.Hash, null, new SyncOptions());
    }

    /// <summary>How the checksum file for a checksum request is made.</summary>
    public static ChecksumSpecification HowFor(MessageHeader asked) =>
        new() { BlockSize = asked.BlockSize, Hash = asked.Hash, Coverage = asked.Coverage, Parent = asked.Parent };

    public static byte[] Data(IReadableStorage master, byte[] request, DataFileSpecification? specification = null, int threads = 2)
    {
        using MemoryStream output = new();
        OperationReader reader = new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);
        DataFileOperation.Run(master, reader, specification ?? new DataFileSpecification(), output, Threads(threads));
        return output.ToArray();
    }

    /// <summary>The middle two steps at once.</summary>
    public static byte[] OnePass(
        IReadableStorage master, byte[] remote, DataFileSpecification? specification =
            null, HolePolicy holes = HolePolicy.Trust, int threads = 2)
    {
        using MemoryStream output = new();
        using ChecksumFileReader reader = new(new MemoryStream(remote), "remote.ckf");
        OnePassOperation.Run(master, reader, specification ?? new DataFileSpecification(), holes, output, Threads(threads));
        return output.ToArray();
    }

    /// <summary>A data file that copies what A has anywhere, found by its rolling sums.</summary>
    public static byte[] Shifted(
        IReadableStorage master, byte[] remote, DataFileSpecification? specification = null, HolePolicy holes = HolePolicy.Trust,
        ShiftLimits? limits = null, int threads = 2, Action<OnePassResult>? see = null)
    {
        using MemoryStream output = new();
        OnePassResult made = ShiftedOperation.Run(
            master,
            new ChecksumSource(new MemoryStream(remote), "remote.ckf"),
            specification ?? new DataFileSpecification(),
            holes,
            output,
            () => new MemoryStream(),
            limits ?? new ShiftLimits(),
            Threads(threads));
        see?.Invoke(made);
        return output.ToArray();
    }

    public static ApplyResult Apply(IWritableStorage target, byte[] dataFile, ApplySpecification? specification = null, int threads = 2) =>
        ApplyOperation.Run(target, Patch(dataFile), Places(), specification ?? new ApplySpecification(), Threads(threads));

    /// <summary>Places for a run that nothing came before.</summary>
    public static ApplyPlaces Places(FakeStateFile? journal = null, FakeUndoPlace? undo = null) =>
        new(journal ?? new FakeStateFile(), "file:target", undo, Redo: new FakeRedoFile());

    public static PatchSource Patch(byte[] dataFile) => new(new MemoryFile(dataFile), "update.dtf");

    public static CheckResult Check(
        IReadableStorage target, byte[] checksums, HolePolicy holes = HolePolicy.Trust, bool live = false, int threads = 2)
    {
        using ChecksumFileReader reader = new(new MemoryStream(checksums), "target.ckf");
        return CheckOperation.Run(target, reader, holes, live, Threads(threads));
    }

    /// <summary>The data file that turns A into B.</summary>
    public static byte[] DataFile(
        byte[] a, byte[] b, int blockSize = 512, BlockCoverage? coverage = null, int frameSize = FormatLimits.MinFrameSize)
    {
        ChecksumSpecification how = new() { BlockSize = blockSize, Coverage = coverage ?? BlockCoverage.Whole };
        byte[] request = Request(Checksums(FakeStorage.File(a), how), Checksums(FakeStorage.File(b), how));
        return Data(FakeStorage.File(b), request, new DataFileSpecification { FrameSize = frameSize });
    }

    public static SyncOptions Threads(int threads) => new() { Threads = threads };

    /// <summary>All operations of a data file, with their hashes.</summary>
    public static IReadOnlyList<OperationGroup> Groups(byte[] dataFile)
    {
        List<OperationGroup> groups = [];
        OperationReader reader = new(new MemoryStream(dataFile), "update.dtf", MessageKind.DataFile);
        while (true)
        {
            OperationGroup group = new();
            if (!reader.ReadGroup(group))
            {
                return groups;
            }

            groups.Add(group);
            while (reader.ReadFrame(out _))
            {
            }
        }
    }

    /// <summary>The blocks that a data file speaks of, ascending.</summary>
    public static IReadOnlyList<long> Blocks(byte[] dataFile) =>
        [.. Groups(dataFile).SelectMany(group => group.Operations).SelectMany(operation => Each(operation.Blocks))];

    public static IEnumerable<long> Each(BlockRun run)
    {
        for (long block = run.First; block < run.End; block++)
        {
            yield return block;
        }
    }

    /// <summary>Ascending blocks as maximal runs.</summary>
    public static IReadOnlyList<BlockRun> Runs(IEnumerable<long> blocks)
    {
        List<BlockRun> runs = [];
        foreach (long block in blocks)
        {
            if (runs.Count > 0 && runs[^1].End == block)
            {
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            }
            else
            {
                runs.Add(new BlockRun(block, 1));
            }
        }

        return runs;
    }
}
