namespace BinarySync.Tools.Tests;

/// <summary>
/// The vectors of tests/Vectors/Applying: a base, a message, and what the target is then (Format.md 13). Both programs come to the same.
/// </summary>
public sealed class ApplyVectorTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workspace _work = new();

    public static TheoryData<string> Names => [.. All];

    private static IEnumerable<string> All =>
        Directory.EnumerateFiles(Folder, "*.vector").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    private static string Folder => Repository.PathOf("tests", "Vectors", "Applying");

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_target_becomes_what_the_vector_says(string name)
    {
        (bool isRefused, Dictionary<string, byte[]> parts) = Load(name);
        _work.Write("a", parts["base"]);
        _work.Write("p.dtf", parts["message"]);
        byte[]? result = parts.GetValueOrDefault("result");
        _work.Line("dtfile apply p.dtf a --verify full").Ends(isRefused ? 4 : 0);
        _work.Holds("a", result ?? parts["base"]);
        if (result is not null)
        {
            // Once more: all of it is new, and stays.
            _work.Line("dtfile apply p.dtf a").Ends(0);
            _work.Holds("a", result);
        }
    }

    [PythonFact]
    public void The_other_reader_comes_to_the_same()
    {
        foreach (string name in All)
        {
            (bool isRefused, Dictionary<string, byte[]> parts) = Load(name);
            _work.Write("a", parts["base"]);
            _work.Write("p.dtf", parts["message"]);
            string reader = Repository.PathOf("tests", "interop", "read_messages.py");
            Tool.Run(_work.Root, null, [Python, reader, "--apply", "a", "p.dtf", $"out.{name}"]).Ends(isRefused ? 4 : 0);
            if (!isRefused)
            {
                _work.Holds($"out.{name}", parts["result"]);
            }
        }
    }

    private static (bool IsRefused, Dictionary<string, byte[]> Parts) Load(string name)
    {
        string[] sections = File.ReadAllText(Path.Combine(Folder, name + ".vector")).Split("\n\n");
        Dictionary<string, byte[]> parts = [];
        foreach (string section in sections[1..])
        {
            string[] lines = section.TrimEnd('\n').Split('\n');
            List<byte> bytes = [];
            foreach (string[] line in lines[1..].Select(line => line.Split(" x")))
            {
                byte[] stored = Convert.FromHexString(line[0]);
                for (int i = line.Length == 1 ? 1 : int.Parse(line[1]); i > 0; i--)
                {
                    bytes.AddRange(stored);
                }
            }

            parts[lines[0].TrimEnd(':')] = [.. bytes];
        }

        return (sections[0].Contains("expect: refused", StringComparison.Ordinal), parts);
    }
}
