using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>The Manual's synopses and option tables, against what each command's --help says.</summary>
public class OptionTableTests
{
    private const string Everywhere = "## Options of every command";

    [Theory]
    [InlineData("ckreq")]
    [InlineData("ckreq info")]
    [InlineData("ckfile")]
    [InlineData("ckfile info")]
    [InlineData("ckfile check")]
    [InlineData("ckfile join")]
    [InlineData("dtreq")]
    [InlineData("dtreq info")]
    [InlineData("dtreq merge")]
    [InlineData("dtfile")]
    [InlineData("dtfile info")]
    [InlineData("dtfile apply")]
    public void Synopsis_and_options_are_those_of_help(string command)
    {
        using Shell shell = new();
        string[] help = shell.Run($"{command} --help").Split('\n');
        string[] section = [.. Manual.Below($"## {command}")];

        Assert.Equal(help[Array.IndexOf(help, "Usage:") + 1].Trim(), section[Array.IndexOf(section, "```text") + 1]);

        IEnumerable<string> documented = Document.Rows(section.Concat(Manual.Below(Everywhere))).Select(
            row => $"{row[0].Trim('`')} [{row[1].Trim('`')}]");
        Assert.Equal(OptionsIn(help).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ckreq")]
    [InlineData("ckfile")]
    [InlineData("dtreq")]
    [InlineData("dtfile")]
    public void Completions_of_every_program_have_one_section(string tool)
    {
        string[] section = [.. Manual.Below("## TOOL completions")];
        using Shell shell = new();
        string[] help = shell.Run($"{tool} completions --help").Split('\n');
        Assert.Contains(help[Array.IndexOf(help, "Usage:") + 1].Trim().Replace(tool, "TOOL", StringComparison.Ordinal), section);
        Assert.Empty(shell.Run($"{tool} completions bash | bash -n"));
    }

    [Fact]
    public void Every_command_of_help_has_a_section()
    {
        string[] headings = [.. Manual.Pages.SelectMany(page => page.Lines)];
        using Shell shell = new();
        foreach (string tool in new[] { "ckreq", "ckfile", "dtreq", "dtfile" })
        {
            string[] help = shell.Run($"{tool} --help").Split('\n');
            foreach (string line in help.SkipWhile(line => line != "Commands:").Skip(1).TakeWhile(line => line.Length > 0))
            {
                string command = line.Trim().Split(' ')[0];
                Assert.Contains($"## {(command == "completions" ? "TOOL" : tool)} {command}", headings);
            }
        }
    }

    // "-o, --output <FILE>  The file [default: x]" becomes "-o, --output <FILE> [x]".
    private static IEnumerable<string> OptionsIn(IEnumerable<string> help) =>
        help.SkipWhile(line => line != "Options:").Skip(1).TakeWhile(line => line.Length > 0)
            .Select(line =>
                $"{Regex.Match(line, "^ {2}(.*?) {2,}").Groups[1].Value} [{Regex.Match(line, @"\[default: (.*)\]$").Groups[1].Value}]");
}
