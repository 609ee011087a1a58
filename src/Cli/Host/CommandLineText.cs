using System.CommandLine;
using System.CommandLine.Parsing;

namespace BinarySync.Cli.Host;

/// <summary>The parser's messages in the wording of these programs.</summary>
internal static class CommandLineText
{
    /// <summary>Without a capital and a full stop.</summary>
    public static string InOurVoice(string message)
    {
        const string MissingArgument = "Required argument ";
        string trimmed = message.TrimEnd('.', ' ');
        const string MissingValue = "Required argument missing for option";
        if (trimmed.StartsWith(MissingValue, StringComparison.Ordinal) && trimmed.Split('\'') is [_, var option, ..])
        {
            return $"{option} needs a value";
        }

        if (trimmed.StartsWith(MissingArgument, StringComparison.Ordinal) && trimmed.Split('\'') is [_, var argument, ..])
        {
            return $"{argument} is missing";
        }

        const string TooMany = "Unrecognized command or argument ";
        if (trimmed.StartsWith(TooMany, StringComparison.Ordinal))
        {
            return $"{trimmed[TooMany.Length..]} is one argument too many";
        }

        return trimmed.Length > 1 && char.IsUpper(trimmed[0]) && char.IsLower(trimmed[1])
            ? char.ToLowerInvariant(trimmed[0]) + trimmed[1..]
            : trimmed;
    }

    /// <summary>True for a message in our wording that says what the line lacks.</summary>
    public static bool SaysMissing(string message) =>
        message.EndsWith(" is missing", StringComparison.Ordinal) || message.EndsWith(" is required", StringComparison.Ordinal);

    /// <summary>Where to read how the command is used.</summary>
    public static string Seek(ParseResult result, string name)
    {
        string command = result.CommandResult.Command is RootCommand ? name : $"{name} {result.CommandResult.Command.Name}";
        return $"see '{command} --help'";
    }

    /// <summary>The complete text, if something is missing.</summary>
    public static string SeekWhole(ParseResult result, string name) =>
        $"{Seek(result, name)}: {HelpText.Usage(result.CommandResult.Command, name)}";

    /// <summary>
    /// A word that was given before a subcommand although only the program itself takes it; null if there is none. The parser would ignore
    /// it.
    /// </summary>
    public static string? Stray(ParseResult result) => result.CommandResult.Parent is not CommandResult parent
        ? null
        : parent.Children.Select(child => child switch
        {
            ArgumentResult { Tokens: [var token, ..] } => token.Value,
            OptionResult { Implicit: false, Option.Recursive: false } option => option.IdentifierToken?.Value,
            _ => null,
        }).FirstOrDefault(text => text is not null);

    /// <summary>The name of an argument or option with an empty value, as from a variable that is not set; null if there is none.</summary>
    public static string? Empty(ParseResult result) =>
        result.RootCommandResult.Children.Concat(result.CommandResult.Children).Select(EmptyName).FirstOrDefault(text => text is not null);

    private static string? EmptyName(SymbolResult child) => child switch
    {
        ArgumentResult argument when argument.Tokens.Any(IsEmpty) => argument.Argument.Name,
        OptionResult { Implicit: false } option when option.Tokens.Any(IsEmpty) => option.IdentifierToken?.Value ?? option.Option.Name,
        _ => null,
    };

    private static bool IsEmpty(Token token) => token.Value.Length == 0;

    /// <summary>
    /// A word that looks like an option and was taken for a file, or null: the parser would take a mistyped option for the target, and
    /// complain of the target.
    /// </summary>
    public static string? UnknownOption(ParseResult result)
    {
        if (result.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return null;
        }

        IEnumerable<string> files = result.RootCommandResult.Children.Concat(result.CommandResult.Children)
            .OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value);
        return result.UnmatchedTokens.Concat(files).FirstOrDefault(text => text.Length > 1 && text[0] == '-');
    }
}
