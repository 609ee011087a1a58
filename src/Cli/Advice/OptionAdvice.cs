using System.CommandLine;
using BinarySync.Cli.Host;
using BinarySync.Cli.Output;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Advice;

/// <summary>What the user may have meant by an option that does not exist.</summary>
internal static class OptionAdvice
{
    /// <summary>The hint for it.</summary>
    public static string For(string unknown, ParseResult result, string tool)
    {
        string seek = CommandLineText.Seek(result, tool);
        string name = unknown.Split('=')[0];
        Command command = result.CommandResult.Command;
        Option[] own = [.. HelpText.OptionsOf(command)];
        if (unknown == "-V")
        {
            return $"for the version: {tool} --version; {seek}";
        }

        if (tool is "dtreq" or "dtfile" && name is "-b" or "--block-size" or "-a" or "--hash" or "--range" or "--bytes")
        {
            return $"block size, hash and ranges are those of the checksum files, or of the request: {seek}";
        }

        if (Elsewhere(name, result) is { } other)
        {
            return $"{name} is an option of '{CommandName(other, tool)}'; {seek}";
        }

        if (MessageInput.Exists(unknown))
        {
            return $"write the file of that name as ./{ShellText.Quote(unknown)}";
        }

        // No bundles, and no value right behind a letter.
        if (unknown.Length > 2 && unknown[1] != '-' && own.FirstOrDefault(option => NamesOf(option).Contains(unknown[..2])) is { } first)
        {
            if (first.HelpName is not null)
            {
                return $"write {unknown[..2]} {ShellText.Quote(unknown[2..])}";
            }

            string[] letters = [.. unknown.Skip(1).Select(letter => $"-{letter}")];
            if (letters.All(letter => own.Any(option => option.HelpName is null && NamesOf(option).Contains(letter))))
            {
                return $"write {string.Join(' ', letters)}";
            }
        }

        // One letter is near to any other: only a different case counts.
        IEnumerable<string> candidates = own.SelectMany(NamesOf).Where(
            candidate => name.Length > 2 ? candidate.Length > 2 : string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase));
        return NearestWord.Of(name, candidates) is { } nearest
            ? $"did you mean {nearest}? {seek}"
            : $"{seek}; write a file of that name as ./{ShellText.Quote(unknown)}";
    }

    private static Command? Elsewhere(string name, ParseResult result)
    {
        Command root = result.RootCommandResult.Command;
        return root.Subcommands.Prepend(root).FirstOrDefault(command => command.Options.Any(option => NamesOf(option).Contains(name)));
    }

    private static string CommandName(Command command, string tool) => command is RootCommand ? tool : $"{tool} {command.Name}";

    private static IEnumerable<string> NamesOf(Option option) => HelpText.NamesOf(option);
}
