using FsCheck;
using FsCheck.Fluent;

namespace BinarySync.Format.Tests.Properties;

/// <summary>Any runs, cut into calls at random: the bytes do not depend on the cuts, and the reader gives the runs back.</summary>
public class ChecksumFileProperties
{
    private static Gen<Scenario> Scenarios =>
        from hash in Property.Hash
        from shortLength in Gen.Choose(0, 511)
        from ranges in (from gap in Gen.Choose(1, 40_000) from runs in Runs select (gap, runs)).NonEmptyListOf()
        from sums in Gen.Elements(true, false)
        from startsAtZero in Gen.Elements(true, false)
        from blocksAfter in Gen.Choose(0, 2)
        from cuts in Gen.Choose(1, 50_000).NonEmptyListOf()
        select new Scenario(hash, shortLength, [.. ranges.Take(4)], startsAtZero, blocksAfter, [.. cuts], sums);

    private static Gen<List<(int Count, bool IsZero)>> Runs =>
        from first in Gen.Elements(true, false)
        from counts in Gen.Frequency((6, Gen.Choose(1, 6)), (1, Gen.Choose(32_000, 70_000))).NonEmptyListOf()
        select counts.Take(8).Select((count, i) => (count, (i % 2 == 0) == first)).ToList();

    [Fact]
    public void What_is_written_is_read_however_it_was_cut() => Property.Holds(Scenarios, scenario =>
    {
        List<(BlockRun Blocks, bool IsZero)> runs = scenario.Expected;
        byte[] whole = Write(scenario, [int.MaxValue]);
        byte[] cut = Write(scenario, scenario.Cuts);
        Assert.True(whole.AsSpan().SequenceEqual(cut));

        using ChecksumFileReader reader = new(new MemoryStream(whole), Refusal.Source);
        List<(BlockRun Blocks, bool IsZero)> read = [];
        while (reader.ReadRun(out ChecksumRun run))
        {
            if (!run.IsZero)
            {
                Assert.True(run.Hashes.Span.SequenceEqual(scenario.HashesOf(run.Blocks)));
                Assert.True(run.Sums.Span.SequenceEqual(scenario.SumsOf(run.Blocks)));
            }

            // Data may be in two sections; a maximal run goes on until its range ends.
            if (read.Count > 0 && read[^1].IsZero == run.IsZero && read[^1].Blocks.End == run.Blocks.First)
            {
                Assert.False(run.IsZero);
                read[^1] = (BlockRun.Between(read[^1].Blocks.First, run.Blocks.End), run.IsZero);
            }
            else
            {
                read.Add((run.Blocks, run.IsZero));
            }
        }

        Assert.Equal(runs, read);
        Assert.Equal(runs.Where(run => run.IsZero).Sum(run => run.Blocks.Count), reader.Trailer.ZeroBlocks);
        Assert.Equal(runs.Where(run => !run.IsZero).Sum(run => run.Blocks.Count), reader.Trailer.DataBlocks);
    }, times: 60);

    private static byte[] Write(Scenario scenario, int[] cuts)
    {
        using MemoryStream output = new();
        using ChecksumFileWriter writer = new(output, scenario.Header);
        int next = 0;
        foreach ((BlockRun blocks, bool isZero) in scenario.Expected)
        {
            for (BlockRun left = blocks; left.Count > 0;)
            {
                BlockRun piece = new(left.First, Math.Min(left.Count, cuts[next++ % cuts.Length]));
                if (isZero)
                {
                    writer.AddZeros(piece);
                }
                else
                {
                    writer.AddData(piece, scenario.HashesOf(piece), scenario.SumsOf(piece));
                }

                left = BlockRun.Between(piece.End, left.End);
            }
        }

        writer.Finish();
        return output.ToArray();
    }

    private sealed record Scenario(
        BlockHash Hash, int ShortLength, (
            int Gap, List<(int Count, bool IsZero)> Runs)[] Ranges, bool StartsAtZero, int BlocksAfter, int[] Cuts, bool Sums)
    {
        public List<(BlockRun Blocks, bool IsZero)> Expected
        {
            get
            {
                List<(BlockRun, bool)> runs = [];
                long next = 0;
                for (int i = 0; i < Ranges.Length; i++)
                {
                    next += i == 0 && StartsAtZero ? 0 : Ranges[i].Gap;
                    foreach ((int count, bool isZero) in Ranges[i].Runs)
                    {
                        runs.Add((new BlockRun(next, count), isZero));
                        next += count;
                    }
                }

                return runs;
            }
        }

        public ChecksumFileHeader Header
        {
            get
            {
                long blocks = Expected[^1].Blocks.End + BlocksAfter;
                return new ChecksumFileHeader
                {
                    BlockSize = 512,
                    Hash = Hash,
                    Size = (blocks * 512) - ShortLength,
                    Coverage = BlockCoverage.Of(Expected.Select(run => run.Blocks)).ClipTo(blocks),
                    HasRollingSums = Sums,
                };
            }
        }

        /// <summary>Made-up rolling sums, if there are any: each tells its block's number too.</summary>
        public byte[] SumsOf(BlockRun run)
        {
            byte[] sums = new byte[Sums ? run.Count * RollingSum.Length : 0];
            for (int i = 0; i < sums.Length / RollingSum.Length; i++)
            {
                BitConverter.TryWriteBytes(sums.AsSpan(i * RollingSum.Length), (uint)(run.First + i) ^ 0xFFFF_0000);
            }

            return sums;
        }

        /// <summary>Made-up hashes: each tells its block's number.</summary>
        public byte[] HashesOf(BlockRun run)
        {
            byte[] hashes = new byte[run.Count * Hash.Length];
            for (int i = 0; i < run.Count; i++)
            {
                BitConverter.TryWriteBytes(hashes.AsSpan(i * Hash.Length), run.First + i);
            }

            return hashes;
        }
    }
}
