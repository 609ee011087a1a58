using BinarySync.Sync.Checksums;
using BinarySync.Sync.Requests;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>Data files that are made in other ways than from one request of the two sides.</summary>
internal static class CrashFiles
{
    /// <summary>True for a data file that copies within the target, or is decoded over what is there.</summary>
    public static bool NeedsOld(byte[] dataFile)
    {
        OperationReader reader = new(new MemoryStream(dataFile), "update.dtf", MessageKind.DataFile);
        OperationGroup group = new();
        bool needsOld = false;
        while (reader.ReadGroup(group))
        {
            needsOld |= group.Copies > 0;
            while (reader.ReadFrame(out _))
            {
                needsOld |= reader.Frame.Codec == FrameCodec.Prefix;
            }
        }

        return needsOld;
    }

    public static byte[] RequestOf(SyncCase sync) =>
        FourSteps.Request(FourSteps.Checksums(sync.StorageA, sync.HowA, 1), FourSteps.Checksums(sync.StorageB, sync.HowB, 1));

    /// <summary>For this remote and one to three others, of other ages and sizes.</summary>
    public static byte[] Merged(SyncCase sync, byte[] own, Random random)
    {
        List<MergeInput> inputs = [new(new MemoryStream(own), "own.dtr")];
        for (int others = random.Next(1, 4); others > 0; others--)
        {
            int count = Math.Max(0, sync.B.Cells.Count + random.Next(-3, 4));
            int[] cells = [.. Enumerable.Range(0, count).Select(
                i => i < sync.B.Cells.Count && random.Next(2) == 0 ? sync.B.Cells[i] : random.Next(40))];
            byte[] request = RequestOf(sync with { A = new Side(cells, random.Next(sync.BlockSize)) });
            inputs.Insert(random.Next(inputs.Count + 1), new MergeInput(new MemoryStream(request), $"{others}.dtr"));
        }

        using MemoryStream output = new();
        MergeOperation.Run(inputs, null, output, new SyncOptions());
        return FourSteps.Data(sync.StorageB, output.ToArray(), sync.HowData, 1);
    }

    /// <summary>For a stream: no copies, no repeats; a group a file, for <see cref="ManyGroupsReader"/>.</summary>
    public static List<byte[]> Stream(SyncCase sync, Random random)
    {
        byte[] request = RequestOf(sync);
        OperationsTrailer trailer = FourSteps.TrailerOf(request);
        OperationReader whole = new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);
        List<byte[]> groups = [.. RequestCutter.Cut(whole, trailer, random.Next(1, 6), random).Select(
            part => RequestCutter.Collect(sync, part, trailer, header => header))];
        return groups.Count > 0 ? groups : [WholeStream(sync)];
    }

    /// <summary>The same content as one data file.</summary>
    public static byte[] WholeStream(SyncCase sync) =>
        FourSteps.Data(sync.StorageB, RequestOf(sync), sync.HowData with { Repeats = false }, 1);

    /// <summary>Asked for in larger blocks first.</summary>
    public static byte[] Refined(SyncCase sync, Random random)
    {
        ChecksumSpecification coarse = sync.HowA with { BlockSize = sync.BlockSize * (random.Next(2) == 0 ? 4 : 16) };
        byte[] request = FourSteps.Request(FourSteps.Checksums(sync.StorageA, coarse, 1), FourSteps.Checksums(sync.StorageB, coarse, 1));
        ChecksumSpecification fine = FourSteps.HowFor(FourSteps.Refine(request, sync.BlockSize, sync.Hash).Header);
        byte[] refined = FourSteps.Request(FourSteps.Checksums(sync.StorageA, fine, 1), FourSteps.Checksums(sync.StorageB, fine, 1));
        return FourSteps.Data(sync.StorageB, refined, sync.HowData, 1);
    }
}
