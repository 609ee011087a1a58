using System.Buffers.Binary;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Tests;

/// <summary>Rolling sums are those of the blocks, however these are read; no file claims sums that it does not have.</summary>
public sealed class RollingSumSyncTests
{
    private const int Large = 2 << 20;

    [Theory]
    [InlineData(512, 3_000_001)]
    [InlineData(4096, 3_000_000)]
    [InlineData(1 << 20, 3_000_001)]
    [InlineData(Large, (2 * Large) + 1_500_000)]
    [InlineData(Large, (2 * Large) + 5)]
    [InlineData(8 << 20, 5_000_000)]
    public void They_are_the_sums_of_the_data_blocks(int blockSize, int length)
    {
        byte[] content = Bytes(1, length);
        content.AsSpan(0, Math.Min(blockSize, length / 2)).Clear();
        byte[] file = Sums(FakeStorage.File(content), new ChecksumSpecification { BlockSize = blockSize });
        Assert.Equal(Expected(content, blockSize), Read(file));
    }

    [Fact]
    public void Ranges_have_the_sums_of_their_blocks_only()
    {
        byte[] content = Bytes(1, 300_000);
        ChecksumSpecification ranges = new() { BlockSize = 512, Coverage = BlockCoverage.Of([new BlockRun(2, 3), new BlockRun(100, 200)]) };
        Dictionary<long, uint> all = Expected(content, 512);
        Assert.Equal(
            all.Where(block => ranges.Coverage.Contains(new BlockRun(block.Key, 1))).ToDictionary(),
            Read(Sums(FakeStorage.File(content), ranges)));
    }

    [Theory]
    [InlineData(512, 8000, 512 + 7)]
    [InlineData(Large, (3 * Large) + 1000, Large + 7)]
    // In the second piece of a block: the first one has been summed by then.
    [InlineData(Large, (3 * Large) + 1000, Large + (3 << 19))]
    public void Blocks_that_cannot_be_read_are_left_out_and_the_others_have_their_sums(int blockSize, int length, int bad)
    {
        byte[] content = Bytes(3, length);
        FakeStorage source = FakeStorage.File(content);
        source.Spoil(bad, 3);
        ChecksumSpecification how = new() { BlockSize = blockSize, RollingSums = true };
        using MemoryStream output = new();
        ChecksumOperation.Run(source, how, output, FourSteps.Threads(2), new MemoryStream());

        Dictionary<long, uint> expected = Expected(content, blockSize);
        Assert.True(expected.Remove(1));
        Assert.Equal(expected, Read(output.ToArray()));
    }

    [Fact]
    public void With_a_spool_and_nothing_to_leave_out_it_is_the_same_file()
    {
        byte[] content = Bytes(3, 100_000);
        ChecksumSpecification how = new() { BlockSize = 512, RollingSums = true };
        using MemoryStream output = new();
        ChecksumOperation.Run(FakeStorage.File(content), how, output, FourSteps.Threads(2), new MemoryStream());
        Assert.Equal(FourSteps.Checksums(FakeStorage.File(content), how), output.ToArray());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Joined_parts_have_sums_if_all_of_them_have(bool first, bool second)
    {
        byte[] content = Bytes(4, 40_000_000);
        byte[][] parts = [Part(0, 40_000, first), Part(39_000, 80_000, second)];
        using MemoryStream output = new();
        JoinResult joined = JoinOperation.Run(
            [.. parts.Select((part, i) => new JoinPart($"{i}.ckf", () => new MemoryStream(part)))], false, null, output, new SyncOptions());

        Assert.Equal(first && second, joined.Header.HasRollingSums);
        Assert.Equal(first != second, joined.DropsRollingSums);
        ChecksumSpecification whole = new() { BlockSize = 512, RollingSums = first && second };
        Assert.Equal(FourSteps.Checksums(FakeStorage.File(content), whole), output.ToArray());

        byte[] Part(long from, long to, bool sums) => FourSteps.Checksums(
            FakeStorage.File(content),
            new ChecksumSpecification { BlockSize = 512, Coverage = BlockCoverage.Of([BlockRun.Between(from, to)]), RollingSums = sums });
    }

    [Fact]
    public void Parts_of_a_split_are_no_longer_than_allowed()
    {
        ChecksumSpecification how = new() { BlockSize = 512, Hash = BlockHash.Xxh3, RollingSums = true };
        FakeStorage source = FakeStorage.File(Bytes(5, 60_000_000));
        IReadOnlyList<BlockCoverage> parts = ChecksumSplit.Plan(source.Length, how, ChecksumSplit.LeastPart);
        Assert.All(
            parts,
            part => Assert.InRange(FourSteps.Checksums(source, how with { Coverage = part }).Length, 1, ChecksumSplit.LeastPart));
    }

    [Fact]
    public void They_change_nothing_for_those_who_do_not_ask_for_them()
    {
        byte[] a = Bytes(6, 200_000);
        byte[] b = [.. a];
        b[5000] ^= 1;
        ChecksumSpecification plain = new() { BlockSize = 512 };
        ChecksumSpecification sums = plain with { RollingSums = true };
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(a), plain), FourSteps.Checksums(FakeStorage.File(b), plain));
        Assert.Equal(
            request, FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), sums), FourSteps.Checksums(FakeStorage.File(b), plain)));
        Assert.Equal(
            request, FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), sums), FourSteps.Checksums(FakeStorage.File(b), sums)));
        Assert.Equal(
            FourSteps.OnePass(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), plain)),
            FourSteps.OnePass(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), sums)));
        Assert.True(FourSteps.Check(FakeStorage.File(a), FourSteps.Checksums(FakeStorage.File(a), sums)).IsEqual);
    }

    [Fact]
    public void A_file_made_without_reading_the_target_has_none()
    {
        byte[] a = Bytes(6, 200_000);
        byte[] b = [.. a];
        b[5000] ^= 1;
        byte[] dataFile = FourSteps.DataFile(a, b);
        ChecksumSpecification plain = new() { BlockSize = 512 };
        Assert.Equal(Derived(plain), Derived(plain with { RollingSums = true }));

        byte[] Derived(ChecksumSpecification how)
        {
            ChecksumSource old = new(new MemoryStream(FourSteps.Checksums(FakeStorage.File(a), how)), "old.ckf");
            PatchSource patch = FourSteps.Patch(dataFile);
            ApplyResult done = ApplyOperation.Run(
                FakeStorage.File(a), patch, FourSteps.Places() with { OldChecksums = old }, new ApplySpecification(), FourSteps.Threads(2));
            using MemoryStream output = new();
            DerivedChecksums.Write(old, patch, done.Plan, output);
            Assert.Equal(how.RollingSums, old.Header!.HasRollingSums);
            return output.ToArray();
        }
    }

    private static byte[] Sums(FakeStorage source, ChecksumSpecification how)
    {
        byte[] one = FourSteps.Checksums(source, how with { RollingSums = true }, threads: 1);
        Assert.Equal(one, FourSteps.Checksums(source, how with { RollingSums = true }, threads: 3));
        return one;
    }

    private static Dictionary<long, uint> Expected(byte[] content, int blockSize)
    {
        BlockGeometry geometry = new(content.Length, blockSize);
        Dictionary<long, uint> sums = [];
        for (long block = 0; block < geometry.BlockCount; block++)
        {
            ReadOnlySpan<byte> bytes = content.AsSpan((int)geometry.OffsetOf(block), geometry.LengthOf(block));
            if (bytes.ContainsAnyExcept((byte)0))
            {
                sums.Add(block, RollingSum.Of(bytes));
            }
        }

        return sums;
    }

    private static Dictionary<long, uint> Read(byte[] file)
    {
        using ChecksumFileReader reader = new(new MemoryStream(file), "sums.ckf");
        Assert.True(reader.Header.HasRollingSums);
        Dictionary<long, uint> sums = [];
        while (reader.ReadRun(out ChecksumRun run))
        {
            Assert.Equal(run.IsZero ? 0 : run.Blocks.Count * RollingSum.Length, run.Sums.Length);
            for (int i = 0; i < run.Sums.Length / RollingSum.Length; i++)
            {
                sums.Add(run.Blocks.First + i, BinaryPrimitives.ReadUInt32LittleEndian(run.Sums.Span[(i * RollingSum.Length)..]));
            }
        }

        return sums;
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
