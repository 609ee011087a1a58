using System.Security.Cryptography;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Tests;

/// <summary>Runs that are read ahead are the runs that are read at once, errors included.</summary>
public class ChecksumRunsTests
{
    private const int BlockSize = 512;
    private const int Window = FormatLimits.ChecksumWindowBlocks;
    private const long Blocks = 6 * Window;

    private static readonly byte[] File = Make();

    public static TheoryData<long, long> Compared => new()
    {
        { 0, Blocks },
        { 0, Blocks + Window },
        { 1, Blocks },
        { Window - 1, Window + 1 },
        { 3 * Window, 3 * Window + 1 },
    };

    [Theory]
    [MemberData(nameof(Compared))]
    public void Reading_ahead_changes_nothing(long first, long end)
    {
        BlockCoverage compared = BlockCoverage.Of([BlockRun.Between(first, end)]);
        (List<string> runs, byte[] root) = ReadAll(new MemoryStream(File), compared, ahead: false);
        (List<string> runsAhead, byte[] rootAhead) = ReadAll(new MemoryStream(File), compared, ahead: true);
        Assert.Equal(runs, runsAhead);
        Assert.Equal(root, rootAhead);
        Assert.Equal(RootOf(compared), root);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_lies_before_the_damage_is_given_first(bool ahead)
    {
        byte[] damaged = [.. File];
        damaged[damaged.Length / 2] ^= 1;
        using ChecksumFileReader reader = new(new MemoryStream(damaged), "file");
        using ChecksumRuns runs = new(reader, BlockCoverage.Whole, ahead);
        long blocks = 0;
        MessageFormatException error = Assert.Throws<MessageFormatException>(() =>
        {
            while (runs.ReadRun(out ChecksumRun run))
            {
                blocks += run.Blocks.Count;
            }
        });
        Assert.Equal((FormatError.Damaged, 2L * Window), (error.Error, blocks));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Who_wants_no_more_can_leave(int runsRead)
    {
        using ChecksumFileReader reader = new(new MemoryStream(File), "file");
        using (ChecksumRuns runs = new(reader, BlockCoverage.Of([new BlockRun(5, 9)]), ahead: true))
        {
            for (int i = 0; i < runsRead; i++)
            {
                Assert.True(runs.ReadRun(out _));
            }
        }

        Assert.True(reader.Position < File.Length);
    }

    [Fact]
    public void A_pipe_is_read_by_the_callers_thread()
    {
        using PipeStream pipe = new(File);
        ReadAll(pipe, BlockCoverage.Whole, ahead: true);
        Assert.Equal([Environment.CurrentManagedThreadId], pipe.Threads);
    }

    private static (List<string> Runs, byte[] Root) ReadAll(Stream file, BlockCoverage compared, bool ahead)
    {
        using ChecksumFileReader reader = new(file, "file");
        using ChecksumRuns runs = new(reader, compared, ahead);
        List<string> read = [];
        while (runs.ReadRun(out ChecksumRun run))
        {
            read.Add($"{run.Blocks} {run.IsZero} {Convert.ToHexString(SHA256.HashData(run.Hashes.Span))}");
        }

        return (read, runs.FinishRoot().ToArray());
    }

    private static byte[] RootOf(BlockCoverage compared)
    {
        using ChecksumFileReader reader = new(new MemoryStream(File), "file");
        BlockCoverage covered = compared.ClipTo(Blocks);
        using RootBuilder root = new(reader.Geometry, reader.Header.Hash, covered);
        while (reader.ReadRun(out ChecksumRun run))
        {
            for (int i = 0; i < run.Blocks.Count; i++)
            {
                BlockRun block = new(run.Blocks.First + i, 1);
                if (!covered.Contains(block))
                {
                    continue;
                }

                if (run.IsZero)
                {
                    root.AddZeros(block);
                }
                else
                {
                    root.AddData(block, run.Hashes.Span.Slice(i * 8, 8));
                }
            }
        }

        return root.Finish();
    }

    private static byte[] Make()
    {
        using MemoryStream file = new();
        using ChecksumFileWriter writer = new(
            file, new ChecksumFileHeader { BlockSize = BlockSize, Hash = BlockHash.Xxh3, Size = Blocks * BlockSize });
        byte[] hashes = new byte[Blocks * BlockHash.Xxh3.Length];
        new Random(1).NextBytes(hashes);

        // Zeros at both edges of a window, and inside.
        BlockRun[] zeros = [new(Window - 2, 4), new((3 * Window) + 100, 50), new(Blocks - 3, 3)];
        long next = 0;
        foreach (BlockRun run in zeros)
        {
            BlockRun data = BlockRun.Between(next, run.First);
            writer.AddData(data, hashes.AsSpan((int)next * 8, (int)data.Count * 8));
            writer.AddZeros(run);
            next = run.End;
        }

        writer.Finish();
        return file.ToArray();
    }

    private sealed class PipeStream(byte[] content) : MemoryStream(content)
    {
        public HashSet<int> Threads { get; } = [];

        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            return base.Read(buffer);
        }
    }
}
