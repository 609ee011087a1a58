using System.IO.Hashing;
using System.Security.Cryptography;

namespace BinarySync.Format.Tests.Checksums;

/// <summary>Roots against a hash over bytes that are written down here (Format.md 10).</summary>
public class RootBuilderTests
{
    private const string Tag = "42 69 6E 61 72 79 53 79 6E 63 20 72 6F 6F 74 20 31 00   # BinarySync root 1, and a zero byte\n";

    [Fact]
    public void The_whole_of_three_and_a_half_blocks()
    {
        byte[] input = Hex.Bytes(Tag +
            """
            00 07 00 00 00 00 00 00                             # size: 1,792
            00 02 00 00                                         # block size: 512
            04 78 78 68 33                                      # xxh3
            00                                                  # the whole
            00 00 00 00 00 00 00 00                             # no ranges
            A0 A1 A2 A3 A4 A5 A6 A7                             # run 1: the hash of block 0
            01 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  # data, first 0, count 1
            02 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  # run 2: zeros, first 1, count 1
            B0 B1 B2 B3 B4 B5 B6 B7 C0 C1 C2 C3 C4 C5 C6 C7     # run 3: the hashes of blocks 2 and 3
            01 02 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00  # data, first 2, count 2
            """);
        using RootBuilder root = new(new BlockGeometry(1792, 512), BlockHash.Xxh3, BlockCoverage.Whole);
        root.AddData(new BlockRun(0, 1), Hex.Bytes("A0 A1 A2 A3 A4 A5 A6 A7"));
        root.AddZeros(new BlockRun(1, 1));
        root.AddData(new BlockRun(2, 1), Hex.Bytes("B0 B1 B2 B3 B4 B5 B6 B7"));
        root.AddData(new BlockRun(3, 1), Hex.Bytes("C0 C1 C2 C3 C4 C5 C6 C7"));
        Assert.Equal(Hex.Text(XxHash128.Hash(input)), Hex.Text(root.Finish()));
    }

    [Fact]
    public void Ranges_with_sha256()
    {
        byte[] hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] input =
        [
            .. Hex.Bytes(Tag +
                """
                00 00 10 00 00 00 00 00                             # size: 1,048,576
                00 10 00 00                                         # block size: 4,096
                06 73 68 61 32 35 36                                # sha256
                01                                                  # ranges
                02 00 00 00 00 00 00 00                             # two of them
                03 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00     # 3-4
                08 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00     # 8
                02 03 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00  # zeros, first 3, count 2
                """),
            .. hash,
            .. Hex.Bytes("01 08 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  # data, first 8, count 1"),
        ];
        BlockCoverage coverage = BlockCoverage.Of([new BlockRun(3, 2), new BlockRun(8, 1)]);
        using RootBuilder root = new(new BlockGeometry(1 << 20, 4096), BlockHash.Sha256, coverage);
        root.AddZeros(new BlockRun(3, 2));
        root.AddData(new BlockRun(8, 1), hash);
        Assert.Equal(Hex.Text(SHA256.HashData(input)), Hex.Text(root.Finish()));
    }

    [Fact]
    public void Zeros_in_two_ranges_are_two_runs()
    {
        byte[] input = Hex.Bytes(Tag +
            """
            00 10 00 00 00 00 00 00                             # size: 4,096
            00 02 00 00                                         # block size: 512
            06 78 78 68 31 32 38                                # xxh128
            01                                                  # ranges
            02 00 00 00 00 00 00 00                             # two of them
            00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00     # 0
            02 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00     # 2
            02 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  # zeros, first 0, count 1
            02 02 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  # zeros, first 2, count 1
            """);
        using RootBuilder root = new(
            new BlockGeometry(4096, 512), BlockHash.Xxh128, BlockCoverage.Of([new BlockRun(0, 1), new BlockRun(2, 1)]));
        root.AddZeros(new BlockRun(0, 1));
        root.AddZeros(new BlockRun(2, 1));
        Assert.Equal(Hex.Text(XxHash128.Hash(input)), Hex.Text(root.Finish()));
    }

    [Fact]
    public void Nothing_of_an_empty_target()
    {
        byte[] input = Hex.Bytes(Tag +
            """
            00 00 00 00 00 00 00 00   # size: 0
            00 02 00 00               # block size: 512
            04 78 78 68 33            # xxh3
            00                        # the whole
            00 00 00 00 00 00 00 00   # no ranges
            """);
        using RootBuilder root = new(new BlockGeometry(0, 512), BlockHash.Xxh3, BlockCoverage.Whole);
        Assert.Equal(Hex.Text(XxHash128.Hash(input)), Hex.Text(root.Finish()));
    }

    [Fact]
    public void How_a_run_is_cut_makes_no_difference()
    {
        byte[] hashes = new byte[8 * 8];
        new Random(1).NextBytes(hashes);
        Assert.Equal(RootOf(8), RootOf(1));
        Assert.Equal(RootOf(8), RootOf(3));
        Assert.Equal(RootOf(8), RootOf(1, withEmptyPieces: true));

        byte[] RootOf(int step, bool withEmptyPieces = false)
        {
            using RootBuilder root = new(new BlockGeometry(16 * 512, 512), BlockHash.Xxh3, BlockCoverage.Whole);
            for (int block = 0; block < 8; block += step)
            {
                int count = Math.Min(step, 8 - block);
                root.AddData(new BlockRun(block, count), hashes.AsSpan(block * 8, count * 8));
                if (withEmptyPieces)
                {
                    root.AddZeros(new BlockRun(block + count, 0));
                }
            }

            for (int block = 8; block < 16; block += step)
            {
                root.AddZeros(new BlockRun(block, Math.Min(step, 16 - block)));
            }

            return root.Finish();
        }
    }
}
