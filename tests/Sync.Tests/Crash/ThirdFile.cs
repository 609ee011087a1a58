using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>A data file of another sync, which is given to a target in the middle of a run.</summary>
/// <param name="Name">In messages.</param>
/// <param name="DataFile">Made for A, or for B.</param>
/// <param name="Expected">What it makes of that.</param>
internal sealed record ThirdFile(string Name, byte[] DataFile, CrashImage Expected)
{
    public byte[] Digest { get; } = CrashCase.DigestOf(DataFile);

    /// <summary>Leads from a content to one whose blocks are all of the two sides', in another order; by copies most often.</summary>
    /// <param name="name">Of the content that it is for.</param>
    /// <param name="from">That content.</param>
    /// <param name="target">The whole target with that content, a device with what lies behind.</param>
    /// <param name="sync">The case.</param>
    /// <param name="keepsSize">For a device.</param>
    /// <param name="random">Decides the rest.</param>
    public static ThirdFile Make(string name, byte[] from, byte[] target, SyncCase sync, bool keepsSize, Random random)
    {
        int count = keepsSize ? (from.Length + sync.BlockSize - 1) / sync.BlockSize : random.Next(0, 17);
        int[] cells = [.. sync.A.Cells, .. sync.B.Cells];
        int[] drawn = [.. Enumerable.Range(0, count).Select(_ => random.Next(6) == 0 ? random.Next(40) : cells[random.Next(cells.Length)])];
        byte[] to = new Side(
            drawn, keepsSize ? (count * sync.BlockSize) - from.Length : random.Next(sync.BlockSize)).Content(sync.BlockSize);
        for (int at = 0; at < Math.Min(to.Length, from.Length); at += sync.BlockSize)
        {
            if (random.Next(3) == 0)
            {
                int length = Math.Min(sync.BlockSize, Math.Min(to.Length, from.Length) - at);
                from.AsSpan(at, length).CopyTo(to.AsSpan(at));
            }
        }

        ChecksumSpecification how = new() { BlockSize = sync.BlockSize, Hash = sync.Hash };
        byte[] remote = FourSteps.Checksums(FakeStorage.File(from), how, 1);
        byte[] master = FourSteps.Checksums(FakeStorage.File(to), how, 1);
        byte[] request = random.Next(4) > 0 ? FourSteps.RequestWithCopies(remote, master, threads: 1) : FourSteps.Request(remote, master);
        byte[] expected = keepsSize ? [.. to, .. target[from.Length..]] : to;
        return new ThirdFile(name, FourSteps.Data(FakeStorage.File(to), request, sync.HowData, 1), CrashImage.Of(expected, 1024));
    }
}
