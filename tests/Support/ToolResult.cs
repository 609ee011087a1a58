using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BinarySync.Tests.Support;

/// <summary>What a process said and how it ended.</summary>
public sealed partial record ToolResult(string Command, int Exit, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);

    // Without lines of progress: how many there are is a matter of how busy the machine is.
    private string Answer => ProgressLine().Replace(Errors, "");

    private string Everything => $"{Command}\nexit {Exit}\n{Text}{Errors}";

    /// <summary>Exit 0, and no error, hint, note or warning.</summary>
    public ToolResult Succeeds() => Ends(0).SaysNothing();

    public ToolResult SaysNothing()
    {
        Assert.True(Answer.Length == 0, Everything);
        return this;
    }

    /// <summary>This exit code, whatever is said.</summary>
    public ToolResult Ends(int exit)
    {
        Assert.True(Exit == exit, $"expected exit {exit}: {Everything}");
        return this;
    }

    /// <summary>Standard error has these words.</summary>
    public ToolResult Says(string words)
    {
        Assert.True(Errors.Contains(words, StringComparison.Ordinal), $"expected '{words}': {Everything}");
        return this;
    }

    /// <summary>Standard output has these words.</summary>
    public ToolResult Prints(string words)
    {
        Assert.True(Text.Contains(words, StringComparison.Ordinal), $"expected '{words}': {Everything}");
        return this;
    }

    /// <summary>
    /// This exit code and one clear line, "tool: error: ...", with these words, perhaps after warnings and before one hint; nothing else,
    /// no trace of our insides, and nothing on standard output that could pass for a result.
    /// </summary>
    public ToolResult Fails(int exit, string words, string? hint = null)
    {
        Ends(exit);
        string tool = Command.Split(' ').First(Tool.IsOurs);
        string[] lines = Answer.TrimEnd('\n').Split('\n');
        if (Command.Split(' ').Contains("--json"))
        {
            // One object, with the same words.
            using JsonDocument document = JsonDocument.Parse(Assert.Single(lines, line => line.StartsWith('{')));
            JsonElement error = document.RootElement.GetProperty("error");
            Assert.Equal(exit, error.GetProperty("exit").GetInt32());
            lines = [.. lines.Where(line => !line.StartsWith('{')), $"{tool}: error: {error.GetProperty("message").GetString()}",
                .. error.TryGetProperty("hint", out JsonElement given) ? [$"{tool}: hint: {given.GetString()}"] : Array.Empty<string>()];
        }

        string[] errors = [.. lines.Where(line => line.StartsWith($"{tool}: error: ", StringComparison.Ordinal))];
        string[] hints = [.. lines.Where(line => line.StartsWith($"{tool}: hint: ", StringComparison.Ordinal))];
        int before = lines.Count(line =>
            line.StartsWith($"{tool}: warning: ", StringComparison.Ordinal)
                || line.StartsWith($"{tool}: note: ", StringComparison.Ordinal));
        Assert.True(errors.Length == 1 && hints.Length <= 1 && lines.Length == errors.Length + hints.Length + before, Everything);
        Assert.True(errors[0].Contains(words, StringComparison.Ordinal), $"expected '{words}': {Everything}");
        Assert.True(
            hint is null || (hints.Length == 1 && hints[0].Contains(hint, StringComparison.Ordinal)),
            $"expected the hint '{hint}': {Everything}");
        Assert.False(
            errors.Concat(hints).Any(line => line.EndsWith('.') || line.Contains("Exception", StringComparison.Ordinal)), Everything);
        Assert.True(Output.Length == 0, Everything);
        return this;
    }

    [GeneratedRegex(
        @"^(ckreq|ckfile|dtreq|dtfile): (\[[0-9]+/[0-9]+\] )?[a-z ]+: (.*/s(, [0-9:]+ left)?|[0-9:]+ so far)\n",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ProgressLine();

    /// <summary>The result that --json asked for.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }
}
