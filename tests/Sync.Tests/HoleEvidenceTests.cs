using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>Holes are believed only where nothing speaks against them.</summary>
public sealed class HoleEvidenceTests
{
    private const int Block = 512;

    private static readonly ChecksumSpecification How = new() { BlockSize = Block };

    private static readonly HoleClaim Claim = new(2048, 100);

    [Fact]
    public void Doubted_holes_are_read_by_all_who_read()
    {
        byte[] a = Bytes(1);
        byte[] b = Bytes(2);
        byte[] ofA = FourSteps.Checksums(FakeStorage.File(a), How);
        byte[] ofB = FourSteps.Checksums(FakeStorage.File(b), How);

        Assert.Equal(ofB, FourSteps.Checksums(Liar(b, Claim), How));
        CheckResult check = FourSteps.Check(Liar(b, Claim), ofB);
        Assert.True(check.IsEqual);
        Assert.Equal(Claim, check.DoubtedHoles);
        Assert.Equal(FourSteps.OnePass(FakeStorage.File(b), ofA), FourSteps.OnePass(Liar(b, Claim), ofA));

        ApplyResult result = FourSteps.Apply(
            Liar(a, Claim), FourSteps.DataFile(a, b), new ApplySpecification { Verify = VerifyMode.Full, CheckBase = true });
        Assert.Equal(Claim, result.DoubtedHoles);
    }

    [Fact]
    public void A_hole_where_the_remote_has_content_is_looked_at_before_it_is_called_zeros()
    {
        byte[] ofA = FourSteps.Checksums(FakeStorage.File(Bytes(1)), How);
        byte[] b = Bytes(2);

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.OnePass(Liar(b, null), ofA));
        Assert.Equal((SyncError.HolesUntrue, new BlockRun(2, 1)), (refused.Error, Assert.Single(refused.Ranges)));

        // Where it is one, it is called so.
        b.AsSpan(1024, 2048).Clear();
        Assert.Equal(FourSteps.OnePass(FakeStorage.File(b), ofA, holes: HolePolicy.Read), FourSteps.OnePass(Liar(b, null), ofA));
    }

    [Fact]
    public void Zeros_of_a_request_are_looked_at_where_the_remote_has_content()
    {
        byte[] b = Bytes(2);
        byte[] request = FourSteps.Request(FourSteps.Checksums(FakeStorage.File(Bytes(1)), How), FourSteps.Checksums(Liar(b, null), How));

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Data(FakeStorage.File(b), request));
        Assert.Equal((SyncError.SourceChanged, BlockRun.Between(2, 6)), (refused.Error, Assert.Single(refused.Ranges)));
    }

    [Theory]
    [InlineData(HolePolicy.Trust, false)]
    [InlineData(HolePolicy.Read, true)]
    public void Verifying_all_reads_holes_only_where_it_is_told_to(HolePolicy holes, bool reads)
    {
        byte[] a = Bytes(1);
        a.AsSpan(4096).Clear();
        byte[] b = [.. a];
        b[0] ^= 1;
        FakeStorage target = FakeStorage.File(a);
        target.Cache.ClaimHole(4096, a.Length - 4096);
        target.Medium.ClaimHole(4096, a.Length - 4096);

        ApplyResult result = FourSteps.Apply(
            target, FourSteps.DataFile(a, b), new ApplySpecification { Verify = VerifyMode.Full, CheckBase = true, Holes = holes });

        Assert.Null(result.DoubtedHoles);

        // The evidence for the journal is read before the first change.
        IEnumerable<DiskEvent> log = target.Log.SkipWhile(call => !call.ChangesContent);
        Assert.Equal(reads, log.Any(call => call.Call is DiskCall.Read or DiskCall.ReadBelowCache && call.Offset + call.Length > 4096));
        Assert.Equal(b, target.Content);
    }

    private static byte[] Bytes(int seed)
    {
        byte[] bytes = new byte[8192];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // Its bytes from 1024 to 3072 are said to be a hole, and have content.
    private static FakeStorage Liar(byte[] content, HoleClaim? doubt)
    {
        FakeStorage liar = new(DiskImage.Of(content)) { DoubtedHoles = doubt };
        liar.Cache.ClaimHole(1024, 2048);
        return liar;
    }
}
