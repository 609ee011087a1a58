using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>From two files to one, through all programs, at the sizes where something may be off by one.</summary>
public abstract class EdgeSizeCycle(int blockSize) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    /// <summary>Empty, one byte, around a block, and several blocks with a short last one; each becomes each.</summary>
    [Fact]
    public void Every_edge_size_becomes_every_other()
    {
        int[] sizes = [0, 1, blockSize - 1, blockSize, blockSize + 1, (5 * blockSize) + (blockSize / 3)];
        foreach (int size in sizes)
        {
            _work.Write($"b{size}", Content.Later(Content.Make(size), size, blockSize));
            _work.Line($"ckfile b{size} -b {blockSize}").Succeeds();
        }

        foreach (int size in sizes)
        {
            _work.Write($"a{size}", Content.Make(size));
            _work.Line($"ckfile a{size} -b {blockSize}").Succeeds();
            foreach (int other in sizes)
            {
                _work.Write("target", _work.Read($"a{size}"));

                // Both warn of a master that cuts more than half away.
                _work.Line($"dtreq --remote a{size}.ckf --master b{other}.ckf -o p.dtr -f").Ends(0);
                _work.Line($"dtfile b{other} -r p.dtr -f").Ends(0);
                _work.Line("dtfile apply p.dtf target --check-base --verify full --allow-shrink").Succeeds();
                _work.Holds("target", _work.Read($"b{other}"));
            }
        }
    }
}

public sealed class EdgeSizesAt512() : EdgeSizeCycle(512);

public sealed class EdgeSizesAt4096() : EdgeSizeCycle(4096);

public sealed class EdgeSizesAt64K() : EdgeSizeCycle(64 << 10);

/// <summary>Every block size, hash and codec, and what the programs say on the way.</summary>
public sealed class CycleTests : IDisposable
{
    private readonly Workspace _work = new();

    public static TheoryData<string, string, string> Cases => new()
    {
        { "512", "xxh128", "none" },
        { "1K", "xxh3", "lz4" },
        { "2K", "sha256", "lz4:9" },
        { "4K", "xxh128", "brotli" },
        { "8K", "xxh3", "brotli:9" },
        { "16K", "sha256", "none" },
        { "32K", "xxh128", "lz4" },
        { "64K", "xxh3", "lz4:9" },
        { "128K", "sha256", "brotli" },
        { "256K", "xxh128", "brotli:9" },
        { "512K", "xxh3", "none" },
        { "1M", "sha256", "lz4" },
        { "2M", "xxh128", "lz4:9" },
        { "4K", "xxh128", "zstd" },
        { "32K", "sha256", "zstd:19" },
        { "2M", "xxh3", "zstd:9" },
        { "8M", "xxh3", "brotli:2" },
        { "8M", "sha256", "none" },
    };

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_whole_cycle(string blockText, string hash, string codec)
    {
        int blockSize = SizeOf(blockText);
        int length = Math.Clamp(blockSize * 7, 100_000, 20 << 20) + 333;
        byte[] a = Content.Make(length);
        byte[] b = Content.Later(a, length + (blockSize * 2), blockSize);
        _work.Write("remote.img", a);
        _work.Write("master.img", b);

        _work.Line($"ckreq -b {blockText} -a {hash} --label weekly -o w.ckr").Succeeds();
        JsonElement asked = _work.Line("ckreq info w.ckr --json").Succeeds().Json.GetProperty("header");
        Assert.Equal(blockSize, asked.GetProperty("block_size").GetInt32());
        Assert.Equal(hash, asked.GetProperty("hash").GetString());
        Assert.Equal("weekly", asked.GetProperty("label").GetString());

        _work.Line("ckfile remote.img -r w.ckr").Succeeds();
        _work.Line("ckfile master.img -r w.ckr").Succeeds();
        _work.Line("ckfile check remote.img remote.img.ckf").Succeeds();
        JsonElement known = _work.Line("ckfile info remote.img.ckf --json").Succeeds().Json;
        Assert.Equal(length, known.GetProperty("header").GetProperty("size").GetInt64());
        string baseRoot = known.GetProperty("trailer").GetProperty("root").GetString()!;

        _work.Line("dtreq --remote remote.img.ckf --master master.img.ckf").Succeeds();
        _work.Line($"dtfile master.img -r remote.img.dtr -c {codec}").Succeeds();
        JsonElement brings = _work.Line("dtfile info remote.img.dtf --json").Succeeds().Json;
        Assert.Equal(baseRoot, brings.GetProperty("trailer").GetProperty("base_root").GetString());
        Assert.Equal(_work.Read("remote.img.dtf").Length, brings.GetProperty("length").GetInt64());

        Untouched before = _work.Remember();
        JsonElement would = _work.Line("dtfile apply remote.img.dtf remote.img --dry-run --json").Succeeds().Json;
        before.Check();
        JsonElement done = _work.Line("dtfile apply remote.img.dtf remote.img --json").Succeeds().Json;
        Assert.Equal(would.GetProperty("blocks_to_write").GetInt64(), done.GetProperty("blocks_to_write").GetInt64());
        _work.Holds("remote.img", b);

        _work.Line("ckfile check remote.img master.img.ckf").Succeeds();
        _work.Line("ckfile check remote.img remote.img.ckf").Ends(1).SaysNothing().Prints("differs from remote.img.ckf in");
        JsonElement again = _work.Line("dtfile apply remote.img.dtf remote.img --json --verify full").Succeeds().Json;
        Assert.Equal(0, again.GetProperty("blocks_to_write").GetInt64());
        _work.Holds("remote.img", b);
    }

    [Fact]
    public void Info_shows_every_field()
    {
        _work.Prepare(Content.Make(50_000), Content.Make(60_000, 3), "--label old");
        foreach ((string tool, string file) in new[] { ("ckfile", "a.ckf"), ("dtreq", "p.dtr"), ("dtfile", "p.dtf") })
        {
            JsonElement json = _work.Line($"{tool} info {file} --json --extents").Succeeds().Json;
            string text = _work.Line($"{tool} info {file} --extents").Succeeds().Text;
            foreach (JsonProperty field in json.GetProperty("header").EnumerateObject()
                .Concat(json.GetProperty("trailer").EnumerateObject()))
            {
                // What is true or not is shown in words.
                Assert.Contains(
                    field.Value.ValueKind == JsonValueKind.True ? field.Name : field.Value.ToString(), text, StringComparison.Ordinal);
            }

            Assert.True(json.GetProperty("extents").GetArrayLength() > 0);
        }
    }

    [Fact]
    public void A_target_that_is_half_done_is_finished()
    {
        byte[] a = Content.Make(300_000);
        byte[] b = Content.Later(a, 400_000, 4096);
        _work.Prepare(a, b);
        _work.Write("target", [.. b.AsSpan(0, 150_000 / 4096 * 4096), .. a.AsSpan(150_000 / 4096 * 4096)]);
        _work.Line("dtfile apply p.dtf target").Succeeds();
        _work.Holds("target", b);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("always")]
    [InlineData("never")]
    public void Zeros_become_holes_as_asked(string sparse)
    {
        byte[] a = Bytes.Pattern(1 << 20);
        byte[] b = [.. a];
        b.AsSpan(128 << 10, 512 << 10).Clear();
        _work.Prepare(a, b);
        _work.Line($"dtfile apply p.dtf a --sparse {sparse}").Succeeds();
        _work.Holds("a", b);
        long allocated = long.Parse(Command.Demand("stat", "-c", "%b", _work["a"])) * 512;
        Assert.Equal(sparse == "always", allocated < 700 << 10);
    }

    private static int SizeOf(string text) => text[^1] switch
    {
        'K' => int.Parse(text[..^1]) << 10,
        'M' => int.Parse(text[..^1]) << 20,
        _ => int.Parse(text),
    };
}
