using System.Text;
using BinarySync.Snapshots;

namespace BinarySync.Tests.Messages;

/// <summary>
/// One scenario: what is expected, and a message as hex lines (tests/Vectors/README.md). The text header is <c>name: value</c> lines up
/// to an empty line.
/// </summary>
internal sealed record VectorFile
{
    public const string Ending = ".vector";

    private const string Accepted = "ok";

    public required string Name { get; init; }

    /// <summary>Null: the message is right.</summary>
    public FormatError? Expect { get; init; }

    /// <summary>The kind that the reader asks for.</summary>
    public required MessageKind ReadAs { get; init; }

    /// <summary>Where the reader should stop.</summary>
    public long? Offset { get; init; }

    /// <summary>The field that should be named.</summary>
    public string? Field { get; init; }

    /// <summary>One of <see cref="Rule"/>.</summary>
    public required string Rule { get; init; }

    public required string Comment { get; init; }

    public required byte[] Message { get; init; }

    public static string Directory => Repository.PathOf("tests", "Vectors");

    public static IEnumerable<string> Names => System.IO.Directory.EnumerateFiles(Directory, "*" + Ending)
        .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Directory, name + Ending);

    public static VectorFile Load(string name) => Parse(name, File.ReadAllText(PathOf(name)));

    public static VectorFile Parse(string name, string text)
    {
        int end = text.IndexOf("\n\n", StringComparison.Ordinal);
        Dictionary<string, string> fields = text[..end].Split('\n')
            .Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        string[] unknown = [.. fields.Keys.Except(["expect", "read-as", "offset", "field", "rule", "comment"])];
        if (unknown.Length > 0)
        {
            throw new FormatException($"{name} has unknown lines: {string.Join(", ", unknown)}");
        }

        return new VectorFile
        {
            Name = name,
            Expect = fields["expect"] == Accepted ? null : Enum.Parse<FormatError>(fields["expect"]),
            ReadAs = Enum.GetValues<MessageKind>().Single(kind => kind.Extension() == fields["read-as"]),
            Offset = fields.TryGetValue("offset", out string? offset) ? long.Parse(offset) : null,
            Field = fields.GetValueOrDefault("field"),
            Rule = fields["rule"],
            Comment = fields["comment"],
            Message = Hex.Bytes(text[(end + 2)..]),
        };
    }

    public string Render(ForgedMessage message)
    {
        StringBuilder text = new();
        Add("expect", Expect?.ToString() ?? Accepted);
        Add("read-as", ReadAs.Extension());
        Add("offset", Offset?.ToString());
        Add("field", Field);
        Add("rule", Rule);
        Add("comment", Comment);
        text.Append('\n');
        foreach (string line in message.Lines(32, bytes => Convert.ToHexString(bytes)))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.Append($"{name}: {value}\n");
            }
        }
    }
}
