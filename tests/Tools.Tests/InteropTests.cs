using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>The programs and the independent reader, which was written from Format.md alone, agree on the same files.</summary>
public sealed class InteropTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workspace _work = new();
    private readonly string _reader = Repository.PathOf("tests", "interop", "read_messages.py");

    public static TheoryData<string, int, string, string, long, long> Cases => new()
    {
        { "xxh128", 4096, "", "lz4", 500_000, 520_000 },
        { "xxh3", 512, "", "none", 100_000, 70_001 },
        { "sha256", 65536, "", "lz4:9", 400_000, 400_000 },
        { "xxh128", 1024, "--range 3-40 --range 60-", "lz4", 100_000, 130_000 },
        { "xxh3", 4096, "--range 5-9", "none", 100_000, 130_000 },
        { "xxh128", 2 << 20, "", "lz4", 2_500_000, 4_300_000 },
        { "sha256", 4096, "", "lz4", 0, 50_000 },
        { "xxh128", 4096, "", "lz4", 50_000, 0 },
        { "xxh128", 4096, "", "brotli:5", 300_000, 300_100 },
        { "xxh128", 4096, "", "zstd", 300_000, 300_100 },
        { "blake3", 16384, "", "zstd:19", 100_000, 120_000 },
        { "blake3", 16384, "", "lz4", 100_000, 120_000 },
        { "blake3", 512, "--range 3-40", "none", 30_000, 20_001 },
    };

    public void Dispose() => _work.Dispose();

    [PythonTheory]
    [MemberData(nameof(Cases))]
    public void Both_read_and_write_the_same(string hash, int blockSize, string ranges, string codec, long sizeOfA, long sizeOfB)
    {
        byte[] a = Content.Make(sizeOfA);
        byte[] b = Content.Later(a, sizeOfB, blockSize);
        string options = $"-a {hash} -b {blockSize} {ranges}".TrimEnd();
        _work.Line($"ckreq {options} --label interop -o r.ckr").Succeeds();
        _work.Prepare(a, b, options, codec);
        Agree("ckreq", "r.ckr");
        Agree("ckfile", "a.ckf");
        Agree("dtreq", "p.dtr");
        Agree("dtfile", "p.dtf");

        string pythonRanges = string.Join(' ', ranges.Split(' '));
        Reads($"--checksum a --block-size {blockSize} --hash {hash} --out python.ckf {pythonRanges}".TrimEnd());
        Assert.Equal(_work.Read("a.ckf"), _work.Read("python.ckf"));
        Reads("--compare a.ckf b.ckf --out python.dtr");
        Assert.Equal(_work.Read("p.dtr"), _work.Read("python.dtr"));
        if (!codec.StartsWith("brotli", StringComparison.Ordinal))
        {
            Reads("--apply a p.dtf python.out");
            _work.Line("dtfile apply p.dtf a --allow-shrink").Ends(0);
            Assert.Equal(_work.Read("a"), _work.Read("python.out"));
        }
    }

    [PythonTheory]
    [InlineData(512, "", 100_001)]
    [InlineData(4096, "--range 3-40 --range 60-", 300_000)]
    public void Both_make_the_same_rolling_sums(int blockSize, string ranges, int size)
    {
        byte[] content = Content.Make(size);
        content.AsSpan(4 * blockSize, 3 * blockSize).Clear();
        _work.Write("a", content);
        _work.Line($"ckreq -b {blockSize} --shift {ranges} -o r.ckr".Replace("  ", " ", StringComparison.Ordinal)).Succeeds();
        _work.Line("ckfile a -r r.ckr").Succeeds();
        Agree("ckreq", "r.ckr");
        Agree("ckfile", "a.ckf");
        Reads($"--checksum a --block-size {blockSize} --shift --out python.ckf {ranges}".TrimEnd());
        Assert.Equal(_work.Read("a.ckf"), _work.Read("python.ckf"));
    }

    [PythonFact]
    public void Both_read_what_repeats()
    {
        byte[] chunk = new byte[1_500_000];
        new Random(1).NextBytes(chunk);
        byte[] b = [.. chunk, .. Content.Make(100_000), .. new byte[8192 - (1_600_000 % 4096)], .. chunk];
        _work.Prepare([], b, "-b 4096", "none");
        Agree("dtfile", "p.dtf");
        Assert.Contains("repeats", _work.Line("dtfile info p.dtf").Succeeds().Text, StringComparison.Ordinal);

        Reads("--apply a p.dtf python.out");
        _work.Holds("python.out", b);
    }

    // Each block is nearly what it was; both ends are in the middle of a block.
    [PythonTheory]
    [InlineData(2_500_000, 2_500_000)]
    [InlineData(2_500_000, 2_300_000)]
    [InlineData(2_300_000, 2_500_000)]
    public void Both_read_what_is_over_old_content(int sizeOfA, int sizeOfB)
    {
        byte[] b = new byte[Math.Max(sizeOfA, sizeOfB)];
        new Random(1).NextBytes(b);
        byte[] a = b[..sizeOfA];
        b = b[..sizeOfB];
        for (int at = 100; at < b.Length; at += 3000)
        {
            b[at] ^= 1;
        }

        _work.Prepare(a, b, "-b 512");
        _work.Line("dtfile b -r p.dtr --base a -o p.dtf -f").Succeeds();
        Assert.Contains("frames, prefix", _work.Line("dtfile info p.dtf").Ends(0).Text, StringComparison.Ordinal);

        Reads("--apply a p.dtf python.out");
        _work.Holds("python.out", b);
    }

    [PythonTheory]
    [InlineData(20, 26)]
    [InlineData(26, 20)]
    public void Both_read_parts_of_a_set_and_what_takes_them_back(int megabytesOfA, int megabytesOfB)
    {
        _work.Prepare(Content.Make(megabytesOfA << 20), Content.Make((megabytesOfB << 20) - 5, 2), "-b 64K");
        _work.Line("dtfile b -r p.dtr --split 16M").Succeeds();
        string[] parts = [.. _work.Names.Where(name => name.StartsWith("p.0", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.InRange(parts.Length, 2, 4);
        foreach (string part in parts)
        {
            _work.Line($"dtfile apply {part} a --undo undo.{part}").Succeeds();
            Agree("dtfile", part);
            Agree("dtfile", $"undo.{part}");
        }
    }

    [PythonTheory]
    [InlineData("dtfile", "p.dtf")]
    [InlineData("ckfile", "a.ckf")]
    public void Both_refuse_the_same(string tool, string file)
    {
        byte[] a = Content.Make(60_000);
        _work.Prepare(a, Content.Later(a, 60_000, 4096));
        byte[] whole = _work.Read(file);
        List<string> names = [];
        for (int i = 0; i < 24; i++)
        {
            byte[] bad = [.. whole];
            bad[(int)((long)whole.Length * i / 24)] ^= 4;
            names.Add(_work.Write($"flipped{i}", bad));
            names.Add(_work.Write($"cut{i}", whole.AsSpan(0, (int)((long)whole.Length * i / 24))));
        }

        string[] answers = Tool.Run(_work.Root, null, [Python, _reader, .. names]).Ends(3).Text.TrimEnd('\n').Split('\n');
        Assert.Equal(names.Count, answers.Length);
        Assert.All(answers, answer => Assert.Contains("\"error\"", answer, StringComparison.Ordinal));
        foreach (string name in names)
        {
            _work.Line($"{tool} info {name}").Fails(3, $"{name}: ");
        }
    }

    [PythonFact]
    public void The_other_reader_judges_every_vector_as_it_says()
    {
        List<string> names = [];
        List<string> expected = [];
        foreach (string path in Directory.EnumerateFiles(Repository.PathOf("tests", "Vectors"), "*.vector").Order(StringComparer.Ordinal))
        {
            string[] lines = File.ReadAllLines(path);
            string hex = string.Concat(lines.SkipWhile(line => line.Length > 0).Select(line => line.Split('#')[0].Trim()));
            names.Add(
                _work.Write(Path.GetFileNameWithoutExtension(path), Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));
            expected.Add(lines.First(line => line.StartsWith("expect: ", StringComparison.Ordinal))[8..]);
        }

        Assert.InRange(names.Count, 100, int.MaxValue);
        string[] answers = Tool.Run(_work.Root, null, [Python, _reader, .. names]).Ends(3).Text.TrimEnd('\n').Split('\n');
        Assert.Equal(names.Count, answers.Length);
        List<string> wrong = [];
        for (int i = 0; i < names.Count; i++)
        {
            using JsonDocument answer = JsonDocument.Parse(answers[i]);
            bool accepts = !answer.RootElement.TryGetProperty("error", out _);

            // It reads messages of any kind, and may know what others do not have built in.
            bool agrees = expected[i] switch
            {
                "ok" or "WrongKind" => accepts,
                "Unsupported" => true,
                _ => !accepts,
            };
            if (!agrees)
            {
                wrong.Add($"{names[i]}: {expected[i]}, but {answers[i]}");
            }
        }

        Assert.Empty(wrong);
    }

    private void Reads(string arguments) => Tool.Run(_work.Root, null, [Python, _reader, .. arguments.Split(' ')]).Ends(0);

    private void Agree(string tool, string file)
    {
        JsonElement ours = _work.Line($"{tool} info {file} --json{(tool == "ckreq" ? "" : " --extents")}").Succeeds().Json;
        JsonElement theirs = Tool.Run(_work.Root, null, Python, _reader, file).Ends(0).Json;
        Assert.Equal(ours.GetProperty("format").GetString(), theirs.GetProperty("version").GetString());
        Assert.Equal(Path.GetExtension(file)[1..], theirs.GetProperty("kind").GetString());
        Assert.Equal(Fields(theirs.GetProperty("header")), Fields(ours.GetProperty("header")));
        Assert.Equal(Fields(theirs.GetProperty("trailer")), Fields(ours.GetProperty("trailer")));
        Assert.Equal(FlatRanges(theirs), ObjectRanges(ours));
        if (theirs.TryGetProperty("runs", out JsonElement runs) || theirs.TryGetProperty("operations", out runs))
        {
            Assert.Equal(
                runs.EnumerateArray().Select(run => string.Join(' ', run.EnumerateArray())),
                ours.GetProperty("extents")
                    .EnumerateArray()
                    .Select(run => string.Join(' ', run.EnumerateObject().Select(field => field.Value))));
        }

        if (theirs.TryGetProperty("content", out JsonElement content))
        {
            JsonElement[] frames = ours.TryGetProperty("frames", out JsonElement array) ? [.. array.EnumerateArray()] : [];
            foreach (
                (
                    string theirName,
                    string ourName) in new[] { ("frames", "count"), ("raw_bytes", "raw_bytes"), ("stored_bytes", "stored_bytes") })
            {
                Assert.Equal(content.GetProperty(theirName).GetInt64(), frames.Sum(frame => frame.GetProperty(ourName).GetInt64()));
            }
        }
    }

    private static SortedDictionary<string, string> Fields(JsonElement map) =>
        new(map.EnumerateObject().Where(field => field.Name != "ranges").ToDictionary(
            field => field.Name.TrimStart('!'),
            field => field.Value.ValueKind switch
            {
                JsonValueKind.Object => string.Join(", ", Fields(field.Value)),
                JsonValueKind.True => "1", // A key that is there or not: the message has a number.
                _ => field.Value.ToString(),
            }));

    // As they stand in the message: gap, count, gap, count.
    private static string FlatRanges(JsonElement message)
    {
        if (!message.GetProperty("header").TryGetProperty("ranges", out JsonElement ranges))
        {
            return "whole";
        }

        List<string> texts = [];
        long end = 0;
        foreach (JsonElement[] pair in ranges.EnumerateArray().Chunk(2))
        {
            long first = end + pair[0].GetInt64();
            end = first + pair[1].GetInt64();
            texts.Add(end == first ? $"{first}-" : $"{first}+{end - first}");
        }

        return string.Join(' ', texts);
    }

    private static string ObjectRanges(JsonElement message) =>
        message.GetProperty("header").TryGetProperty("ranges", out JsonElement ranges)
        ? string.Join(' ', ranges.EnumerateArray().Select(range =>
            range.TryGetProperty("count", out JsonElement count)
                ? $"{range.GetProperty("first")}+{count}"
                : $"{range.GetProperty("first")}-"))
        : "whole";
}

/// <summary>A test that needs the independent reader's packages, which belong to the system's Python.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = PythonFactAttribute.Reason;
}

/// <summary>As <see cref="PythonTheoryAttribute"/>, without cases.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
        !OperatingSystem.IsLinux() || !File.Exists("/usr/bin/python3") ? "needs /usr/bin/python3"
        : Command.Run("/usr/bin/python3", "-c", "import msgpack, xxhash").Exit != 0 ? "needs python3-msgpack and python3-xxhash"
        : null);

    public PythonFactAttribute() => Skip = Reason;

    internal static string? Reason => Missing.Value;
}
