using System.CommandLine;
using System.CommandLine.Parsing;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Advice;

/// <summary>
/// A command line that did not work, taken apart so that it can be put together in another way. It is made only for a line that does not
/// work.
/// </summary>
internal sealed class TypedLine
{
    private readonly List<string> _options = [];
    private readonly string _tool;

    public TypedLine(ParseResult result, string tool)
    {
        _tool = tool;
        Result = result;
        HashSet<Token> values = new(ReferenceEqualityComparer.Instance);
        foreach (OptionResult option in Given)
        {
            values.UnionWith(option.Tokens);
        }

        foreach (Token token in result.Tokens)
        {
            if (token.Type == TokenType.Option || values.Contains(token))
            {
                _options.Add(token.Value);
            }
            else if (token.Type == TokenType.Argument)
            {
                Files.Add(token.Value);
            }
        }
    }

    public ParseResult Result { get; }

    /// <summary>The subcommand; empty for the program itself.</summary>
    public string Command => Result.CommandResult.Command is RootCommand ? string.Empty : Result.CommandResult.Command.Name;

    /// <summary>All words that are neither options nor values of options, including those that are too many.</summary>
    public List<string> Files { get; } = [];

    /// <summary>The names of the subcommands.</summary>
    public IEnumerable<string> Commands => Result.RootCommandResult.Command.Subcommands.Select(command => command.Name);

    /// <summary>The value that an option was given, or null.</summary>
    public string? ValueOf(string option) => Find(option) is { Tokens: [var token] } ? token.Value : null;

    /// <summary>True if an option was given.</summary>
    public bool Has(string option) => Find(option) is not null;

    /// <summary>The files among <see cref="Files"/> that are messages of this kind.</summary>
    public IReadOnlyList<string> Messages(MessageKind kind) => [.. Files.Where(file => MessageSight.KindOf(file) == kind)];

    /// <summary>The files that are not messages.</summary>
    public IReadOnlyList<string> Others => [.. Files.Where(file => MessageSight.KindOf(file) is null)];

    private IEnumerable<OptionResult> Given =>
        Result.RootCommandResult.Children.Concat(Result.CommandResult.Children).OfType<OptionResult>().Where(option => !option.Implicit);

    /// <summary>A line with other words before the options that were typed.</summary>
    public string With(params IEnumerable<string> words) => ShellText.Line([_tool, .. words, .. _options]);

    /// <summary>As <see cref="With"/>, without an option for which the words have a better one.</summary>
    public string Instead(string option, params IEnumerable<string> words)
    {
        string[] names = Find(option) is { Option: var declared } ? [declared.Name, .. declared.Aliases] : [];
        int at = _options.FindIndex(word => names.Contains(word));
        IEnumerable<string> others = at < 0 ? _options : _options.Where((_, index) => index != at && index != at + 1);
        return ShellText.Line([_tool, .. words, .. others]);
    }

    /// <summary>True for a word that occurs on the line once.</summary>
    public bool IsTyped(string word) => Result.Tokens.Count(token => token.Value == word) == 1;

    /// <summary>The line as it was typed, except for one word.</summary>
    public string Replacing(string word, string by) =>
        ShellText.Line([_tool, .. Result.Tokens.Select(token => token.Value == word ? by : token.Value)]);

    private OptionResult? Find(string option) => Given.FirstOrDefault(given => given.Option.Name == option);
}
