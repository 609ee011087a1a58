using System.CommandLine;
using BinarySync.Cli.Host;

namespace BinarySync.Cli.Completion;

/// <summary>A program, or one of its subcommands, as a shell completes it: read from the declarations that `--help` prints.</summary>
/// <param name="Name">The subcommand; empty for the program itself.</param>
/// <param name="Description">What it does.</param>
/// <param name="Options">Its own options, then those that all commands have.</param>
/// <param name="Files">The values of its arguments, in order.</param>
/// <param name="LastRepeats">True if the last of them may be repeated.</param>
internal sealed record CommandWords(
    string Name, string Description, IReadOnlyList<OptionWords> Options, IReadOnlyList<ValueWords> Files, bool LastRepeats)
{
    /// <summary>The program first, then its subcommands.</summary>
    public static IReadOnlyList<CommandWords> AllOf(RootCommand root) =>
        [Of(root, string.Empty), .. root.Subcommands.Select(command => Of(command, command.Name))];

    private static CommandWords Of(Command command, string name)
    {
        OptionWords[] options = [.. HelpText.OptionsOf(command).Select(OptionWords.Of)];
        ValueWords[] files = [.. command.Arguments.Select(ValueWords.Of)];

        // "FILE... TARGET": the end of the files is known only at the end of the line.
        bool repeatsBeforeLast = command.Arguments is [{ Arity.MaximumNumberOfValues: > 1 }, _];
        return repeatsBeforeLast
            ? new CommandWords(name, command.Description!, options, [files[0], ValueWords.Either(files[0], files[1])], LastRepeats: true)
            : new CommandWords(name, command.Description!, options, files, command.Arguments is [.., { Arity.MaximumNumberOfValues: > 1 }]);
    }
}

/// <summary>An option, as a shell completes it.</summary>
/// <param name="Names">All of its names, with their dashes.</param>
/// <param name="Description">What it does.</param>
/// <param name="Value">The value that it needs; null if it takes none.</param>
/// <param name="ValueIsOptional">True if it may also be given without a value.</param>
/// <param name="Repeats">True if it may be given again.</param>
internal sealed record OptionWords(IReadOnlyList<string> Names, string Description, ValueWords? Value, bool ValueIsOptional, bool Repeats)
{
    public static OptionWords Of(Option option) => new(
        [.. HelpText.NamesOf(option)],
        option.Description ?? string.Empty,
        ValueWords.Of(option),
        option.Arity.MinimumNumberOfValues == 0,
        option.Arity.MaximumNumberOfValues > 1);
}
