using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests.Support;

/// <summary>Remotes of different ages and sizes, one master, and what is merged for them.</summary>
internal sealed class Fleet
{
    private readonly SyncCase _sync;

    public Fleet(SyncCase sync, bool sameSize = false)
    {
        _sync = sync;
        Random random = new(sync.Seed);
        Remotes = [sync, .. Enumerable.Range(0, random.Next(1, 5)).Select(_ => sync with { A = Older(sync, random, sameSize) })];
        Requests = [.. Remotes.Select(Request)];
        Merged = FourSteps.Merge(Requests);
        DataFile = FourSteps.Data(sync.StorageB, Merged, sync.HowData, sync.Threads);
    }

    public IReadOnlyList<SyncCase> Remotes { get; }

    public IReadOnlyList<byte[]> Requests { get; }

    public byte[] Merged { get; }

    public byte[] DataFile { get; }

    public FakeStorage Target(int remote) => Remotes[remote].StorageA;

    public PatchSource Patch(int remote) => new(new MemoryFile(DataFile), "merged.dtf", FourSteps.Own(Requests[remote]));

    public ApplyResult Apply(FakeStorage target, int remote, ApplySpecification specification) =>
        ApplyOperation.Run(target, Patch(remote), FourSteps.Places(), specification, FourSteps.Threads(_sync.Threads));

    private static byte[] Request(SyncCase remote) =>
        FourSteps.Request(
            FourSteps.Checksums(remote.StorageA, remote.HowA, remote.Threads),
            FourSteps.Checksums(remote.StorageB, remote.HowB, remote.Threads));

    // Most blocks are the master's.
    private static Side Older(SyncCase sync, Random random, bool sameSize)
    {
        int count = sameSize ? sync.A.Cells.Count : Math.Max(0, sync.B.Cells.Count + random.Next(-4, 5));
        count = random.Next(6) == 0 && !sameSize ? 0 : count;
        int[] cells = [.. Enumerable.Range(0, count).Select(
            i => i < sync.B.Cells.Count && random.Next(3) > 0 ? sync.B.Cells[i] : random.Next(40))];
        return new Side(cells, sameSize ? sync.A.Cut : random.Next(sync.BlockSize));
    }
}
