using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests;

/// <summary>
/// Blocks that are larger than a frame, and than the buffers through which they are read: hashed, collected, recognised and written in
/// pieces, with the same results as small ones.
/// </summary>
public class SpanningBlockTests
{
    private const int Frame = FormatLimits.MinFrameSize;

    public static TheoryData<int, double, double, int, bool> Shapes => new()
    {
        { 2 * Frame, 9.5, 9.5, 1, false },
        { 2 * Frame, 9.5, 6.25, 3, false },
        { 4 * Frame, 3, 5.125, 3, false },
        { 2 << 20, 3.1, 3.1, 3, false },
        { 2 << 20, 2.3, 4.6, 1, false },
        { 2 << 20, 4.6, 2.3, 3, false },
        { 2 << 20, 4, 4, 3, true },
        { 4 << 20, 1.5, 0.3, 1, true },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_target_becomes_the_master_and_what_is_new_already_is_not_written(
        int blockSize, double blocksOfA, double blocksOfB, int threads, bool isDevice)
    {
        (byte[] a, byte[] b) = Pair(blockSize, blocksOfA, blocksOfB);
        ChecksumSpecification how = new() { BlockSize = blockSize, Hash = BlockHash.Blake3 };
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), how, threads), FourSteps.Checksums(FakeStorage.File(b), how, threads));
        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), request, new DataFileSpecification { FrameSize = Frame }, threads);
        BlockGeometry geometry = new(b.Length, blockSize);

        // Each second block of the target is as it shall be, as an interrupted run could have left it.
        byte[] before = [.. a];
        long alike = 0;
        for (long block = 0; block < geometry.BlockCount && geometry.OffsetOf(block) + blockSize <= Math.Min(a.Length, b.Length); block++)
        {
            Span<byte> old = before.AsSpan((int)geometry.OffsetOf(block), blockSize);
            ReadOnlySpan<byte> shall = b.AsSpan((int)geometry.OffsetOf(block), blockSize);
            if (block % 2 == 1 && !old.SequenceEqual(shall))
            {
                shall.CopyTo(old);
                alike++;
            }
        }

        int room = Math.Max(a.Length, b.Length);
        FakeStorage target = isDevice ? FakeStorage.Device([.. before, .. new byte[room - before.Length]]) : FakeStorage.File(before);
        ApplyResult result = FourSteps.Apply(
            target, dataFile, new ApplySpecification { Verify = VerifyMode.Full, DemandsLeaveToShrink = false }, threads);

        Assert.Equal(alike, result.Plan.NewBlocks);
        Assert.Equal(result.Plan.BlocksToWrite, result.Written.DataBlocks + result.Written.ZeroBlocks + result.Written.CopyBlocks);
        Assert.Equal(ContentToWrite(before, b, geometry) - result.Written.CopyBytes, result.Written.DataBytes);
        Assert.True(b.AsSpan().SequenceEqual(target.Content.AsSpan(0, b.Length)));
        Assert.Equal(isDevice ? room : b.Length, target.Content.Length);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void One_pass_finds_the_same(int blockSize, double blocksOfA, double blocksOfB, int threads, bool isDevice)
    {
        (byte[] a, byte[] b) = Pair(blockSize, blocksOfA, blocksOfB);
        byte[] checksums = FourSteps.Checksums(FakeStorage.File(a), new ChecksumSpecification { BlockSize = blockSize }, threads);
        byte[] dataFile = FourSteps.OnePass(
            FakeStorage.File(b), checksums, new DataFileSpecification { FrameSize = Frame }, threads: threads);
        int room = Math.Max(a.Length, b.Length);
        FakeStorage target = isDevice ? FakeStorage.Device([.. a, .. new byte[room - a.Length]]) : FakeStorage.File(a);

        FourSteps.Apply(target, dataFile, new ApplySpecification { Verify = VerifyMode.Full, DemandsLeaveToShrink = false }, threads);

        Assert.True(b.AsSpan().SequenceEqual(target.Content.AsSpan(0, b.Length)));
    }

    [Fact]
    public void A_master_that_changed_in_the_middle_of_a_block_is_refused_by_its_number()
    {
        (byte[] a, byte[] b) = Pair(4 * Frame, 5, 5);
        ChecksumSpecification how = new() { BlockSize = 4 * Frame };
        byte[] request = FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        b[(4 * Frame * 3) + Frame + 5] ^= 1;

        SyncException refused = Assert.Throws<SyncException>(
            () => FourSteps.Data(FakeStorage.File(b), request, new DataFileSpecification { FrameSize = Frame }, threads: 3));

        Assert.Equal([new BlockRun(3, 1)], refused.Ranges);
    }

    [Fact]
    public void A_block_that_somebody_else_wrote_is_refused_before_any_of_it_is_written()
    {
        (byte[] a, byte[] b) = Pair(4 * Frame, 5, 5);
        byte[] dataFile = FourSteps.DataFile(a, b, 4 * Frame);
        byte[] other = [.. a];
        other[(4 * Frame * 2) + (3 * Frame)] ^= 1;
        FakeStorage target = FakeStorage.File(other);

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Apply(target, dataFile));

        Assert.Equal(SyncReason.UnrecognizedBlocks, refused.Reason);
        Assert.Equal(other, target.Content);
        Assert.Equal([new BlockRun(2, 1)], refused.Ranges);
    }

    // The bytes of all blocks of B that are not zeros, and that the target does not have yet: of a block, all or nothing.
    private static long ContentToWrite(byte[] before, byte[] b, BlockGeometry geometry)
    {
        long bytes = 0;
        for (long block = 0; block < geometry.BlockCount; block++)
        {
            (int from, int length) = ((int)geometry.OffsetOf(block), geometry.LengthOf(block));
            ReadOnlySpan<byte> shall = b.AsSpan(from, length);
            bool isThere = from + length <= before.Length && shall.SequenceEqual(before.AsSpan(from, length));
            bytes += isThere || ZeroBlocks.IsZero(shall) ? 0 : length;
        }

        return bytes;
    }

    // Content in nearly all blocks; one of zeros, and one from elsewhere.
    private static (byte[] A, byte[] B) Pair(int blockSize, double blocksOfA, double blocksOfB)
    {
        byte[] a = new byte[(int)(blocksOfA * blockSize)];
        byte[] b = new byte[(int)(blocksOfB * blockSize)];
        new Random(1).NextBytes(a);
        new Random(2).NextBytes(b);
        if (b.Length > 2 * blockSize)
        {
            b.AsSpan(blockSize, blockSize).Clear();
        }

        if (a.Length >= 3 * blockSize)
        {
            a.AsSpan(2 * blockSize, blockSize).CopyTo(b);
        }

        return (a, b);
    }
}
