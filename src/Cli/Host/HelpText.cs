using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Host;

/// <summary>
/// The text of `--help`. The library's own would put the program's argument before each subcommand, and print defaults in the words of the
/// code; here a default is part of the description.
/// </summary>
internal sealed class HelpText(string tool, Terminal terminal) : SynchronousCommandLineAction
{
    private const string Gap = "  ";

    /// <summary>A user who asks for help has not finished the command line.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        bool isShort = parseResult.Tokens.Any(token => token.Type == TokenType.Option && token.Value == "-h");
        terminal.OwnLine($"{command.Description}\n\nUsage:");
        terminal.OwnLine(Gap + Usage(command));
        foreach (Command subcommand in command.Subcommands)
        {
            terminal.OwnLine(Gap + Usage(subcommand));
        }

        Table("Arguments", command.Arguments.Select(argument => (Name(argument), argument.Description)));
        Table(
            "Options",
            OptionsOf(command).Where(option => !isShort || !IsEverywhere(option)).Select(option => (Names(option), option.Description)));
        Table("Commands", command.Subcommands.Select(subcommand => (subcommand.Name, subcommand.Description)));
        if (isShort)
        {
            terminal.OwnLine("\n--help shows the options of every command too, and examples.");
        }
        else
        {
            Table(
                "Examples",
                Examples.Of(tool, command is RootCommand ? string.Empty : command.Name).Select(
                    example => (example.Line, (string?)example.Meaning)));
        }

        return ExitCode.Done;
    }

    private string Usage(Command command) => Usage(command, tool);

    /// <summary>The command with all of its required parts.</summary>
    internal static string Usage(Command command, string tool)
    {
        IEnumerable<string> words = [
            tool,
            .. command is RootCommand ? [] : new[] { command.Name },
            .. command.Arguments.Select(Name),
            .. command.Options.Where(option => option.Required).Select(option => $"{option.Name} <{option.HelpName}>"),
            "[options]",
        ];
        return string.Join(' ', words);
    }

    /// <summary>A command's own options first, then those that all commands have.</summary>
    internal static IEnumerable<Option> OptionsOf(Command command)
    {
        IEnumerable<Option> inherited = command.Parents.OfType<Command>()
            .SelectMany(parent => parent.Options)
            .Where(option => option.Recursive);
        return command.Options.Concat(inherited).OrderBy(option => option is HelpOption or VersionOption);
    }

    private static bool IsEverywhere(Option option) => option.Recursive || option is HelpOption or VersionOption;

    private static string Name(Argument argument) =>
        $"<{argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : string.Empty)}";

    /// <summary>The names that are shown, the short one first.</summary>
    internal static IEnumerable<string> NamesOf(Option option) =>
        option.Aliases.Where(alias => alias is not ("-?" or "/?" or "/h")).Append(option.Name);

    private static string Names(Option option)
    {
        string value = option.HelpName is not { } help
            ? string.Empty
            : option.Arity.MinimumNumberOfValues == 0
            ? $" [{help}]"
            : $" <{help}>";
        return $"{string.Join(", ", NamesOf(option))}{value}{(option.Required ? " (required)" : string.Empty)}";
    }

    private void Table(string title, IEnumerable<(string Name, string? Description)> rows)
    {
        List<(string Name, string? Description)> all = [.. rows];
        if (all.Count == 0)
        {
            return;
        }

        terminal.OwnLine($"\n{title}:");
        int column = Gap.Length + all.Max(row => row.Name.Length) + Gap.Length;
        foreach ((string name, string? description) in all)
        {
            terminal.OwnLine((Gap + name).PadRight(column) + Wrap(description ?? string.Empty, column));
        }
    }

    // Only a terminal has a width.
    private static string Wrap(string text, int column)
    {
        const int Narrowest = 20;
        int width = Terminal.ResultColumns is > 0 and var columns ? columns - column - 1 : int.MaxValue;
        if (text.Length <= width || width < Narrowest)
        {
            return text;
        }

        int cut = text.LastIndexOf(' ', width);
        return cut <= 0 ? text : $"{text[..cut]}\n{new string(' ', column)}{Wrap(text[(cut + 1)..], column)}";
    }
}
