using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>
/// The layers below the command line know neither its options nor the programs: what they say must be right for anybody who calls them.
/// Hints and next steps are made in Cli from reasons and values.
/// </summary>
public sealed partial class LiteralTests
{
    [Theory]
    [InlineData("Format")]
    [InlineData("Storage")]
    [InlineData("Sync")]
    public void No_literal_below_the_command_line_names_an_option_or_a_program(string layer)
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", layer), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))];
        Assert.NotEmpty(files);
        string[] found = [.. from file in files
            from line in File.ReadLines(file)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            from Match literal in Literal().Matches(line)
            where NamesCommandLine().IsMatch(literal.Value)
            select $"{Path.GetFileName(file)}: {literal.Value}"];
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("\"give --journal\"", true)]
    [InlineData("$\"run dtfile {name}\"", true)]
    [InlineData("\"my-file, a data file\"", false)]
    public void The_rule_sees_them(string code, bool isWrong) =>
        Assert.Equal(isWrong, Literal().Matches(code).Any(literal => NamesCommandLine().IsMatch(literal.Value)));

    [GeneratedRegex("\"(?:\\\\.|[^\"\\\\])*\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"--[a-z]|\b(ckreq|ckfile|dtreq|dtfile)\b")]
    private static partial Regex NamesCommandLine();
}
