using System.Globalization;
using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>The manual's table of the sizes of checksum files, against Format.md's hashes and against what <c>ckfile</c> makes.</summary>
public class SizeTableTests
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    [Fact]
    public void Sizes_are_a_hash_for_every_block()
    {
        string[] section = [.. Manual.Below("## Sizes at a glance")];
        (int Hash, long Block)[] columns = [.. Cells(section.First(line => line.StartsWith('|'))).Skip(1).Select(title =>
            (title.Contains("xxh128", StringComparison.Ordinal) ? 16 : 32, Bytes(Regex.Match(title, @"\d+ [KM]iB").Value)))];
        string[][] rows = [.. Document.Rows(section.SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')))];
        Assert.True(columns.Length >= 4 && rows.Length >= 4, "the table is not where this test looks for it");
        Assert.All(rows, row => Assert.Equal(columns.Select(column => Shown(Bytes(row[0]) / column.Block * column.Hash)), row.Skip(1)));
    }

    [Theory]
    [InlineData("xxh128", "4K", 16)]
    [InlineData("xxh128", "64K", 16)]
    [InlineData("blake3", "16K", 32)]
    public void The_rest_of_a_checksum_file_is_as_small_as_the_manual_says(string hash, string blockSize, int hashLength)
    {
        const long Size = 64 << 20;
        using Shell shell = new();
        Assert.Empty(shell.Run($"head -c {Size} /dev/urandom >disk.img && ckfile disk.img -q -a {hash} -b {blockSize}"));
        long hashes = Size / (int.Parse(blockSize[..^1], CultureInfo.InvariantCulture) * 1024) * hashLength;
        long rest = long.Parse(shell.Run("stat -c %s disk.img.ckf"), CultureInfo.InvariantCulture) - hashes;
        Assert.InRange(rest, 1, Math.Max(1024, hashes / 1000));
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];

    private static long Bytes(string text) =>
        long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) << (10 * Array.IndexOf(Units, text.Split(' ')[1]));

    private static string Shown(long bytes)
    {
        int unit = 0;
        double value = bytes;
        for (; value >= 1024; value /= 1024)
        {
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}
