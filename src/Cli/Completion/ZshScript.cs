namespace BinarySync.Cli.Completion;

/// <summary>Completion for zsh 5.</summary>
internal static class ZshScript
{
    private const string Frame = """
        #compdef @TOOL@
        # zsh completion for @TOOL@, printed by '@TOOL@ completions zsh'

        _@TOOL@() {
            local command='' skip='' i
            local -a specs

            # The subcommand, if any, is the first word that is neither an option nor the value of one.
            for ((i = 2; i < CURRENT; i++)); do
                if [[ -n $skip ]]; then
                    skip=''
                    continue
                fi
                case ${words[i]} in
                    --) break ;;
        @VALUED@
                    -*) ;;
        @COMMANDS@
                    *) break ;;
                esac
            done

            case $command in
        @SPECS@
            esac
            _arguments -S : $specs
        }

        _@TOOL@_first() {
            _alternative 'commands:command:_@TOOL@_commands'@FILES@
        }

        _@TOOL@_commands() {
            local -a commands=(
        @FIRST@
            )
            _describe -t commands command commands
        }

        # Read as a file with 'source', or found by compinit in a directory of $fpath.
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
            _@TOOL@ "$@"
        else
            compdef _@TOOL@ @TOOL@
        fi

        """;

    public static string Of(string tool, IReadOnlyList<CommandWords> commands) => Frame
        .Replace("@VALUED@", Lines(3, [$"{string.Join(" | ", ValuedBefore(commands[0]))}) skip=1 ;;"]), StringComparison.Ordinal)
        .Replace(
            "@COMMANDS@",
            Lines(
                3,
                [
                    $"{string.Join(" | ", commands.Skip(1).Select(command => command.Name))})",
                    "    command=${words[i]}",
                    "    words[i]=()",
                    "    ((CURRENT -= 1))",
                    "    break",
                    "    ;;"]),
            StringComparison.Ordinal)
        .Replace("@SPECS@", string.Join('\n', commands.Select(command => Specs(tool, command))), StringComparison.Ordinal)
        .Replace(
            "@FIRST@",
            Lines(2, commands.Skip(1).Select(command => Quote($"{command.Name}:{command.Description}"))),
            StringComparison.Ordinal)
        .Replace(
            "@FILES@",
            commands[0].Files is [var file, ..] ? $" 'files:{Message(file)}:{Action(file)}'" : string.Empty,
            StringComparison.Ordinal)
        .Replace("@TOOL@", tool, StringComparison.Ordinal);

    private static IEnumerable<string> ValuedBefore(CommandWords program) =>
        program.Options.Where(option => option is { Value: not null, ValueIsOptional: false }).SelectMany(option => option.Names);

    private static string Specs(string tool, CommandWords command)
    {
        IEnumerable<string> options = command.Options.SelectMany(Spec);
        IEnumerable<string> files = command.Files.Select((value, position) => File(tool, command, value, position));
        IEnumerable<string> first = command is { Name.Length: 0, Files.Count: 0 } ? [$"1:command:_{tool}_first"] : [];
        return Lines(
            2,
            [
                $"'{command.Name}')",
                "    specs=(",
                .. options.Concat(first).Concat(files).Select(spec => $"        {Quote(spec)}"),
                "    )",
                "    ;;"]);
    }

    // One line a name. A name that was given excludes the others, and itself.
    private static IEnumerable<string> Spec(OptionWords option)
    {
        string others = option.Repeats ? "*" : $"({string.Join(' ', option.Names)})";
        string optional = option.ValueIsOptional ? ":" : string.Empty;
        string value = option.Value is { } words ? $"{optional}:{Message(words)}:{Action(words)}" : string.Empty;
        string description = option.Description
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal);
        return option.Names.Select(name => $"{others}{name}{(TakesEquals(name) ? "=" : string.Empty)}[{description}]{value}");

        bool TakesEquals(string name) => option.Value is not null && name.StartsWith("--", StringComparison.Ordinal);
    }

    private static string File(string tool, CommandWords command, ValueWords value, int position)
    {
        bool repeats = position == command.Files.Count - 1 && command.LastRepeats;
        string place = repeats ? "*" : $"{position + 1}";
        return $"{place}:{Message(value)}:{(command.Name.Length == 0 && position == 0 ? $"_{tool}_first" : Action(value))}";
    }

    private static string Message(ValueWords value) => value.Shown.Replace(":", "\\:", StringComparison.Ordinal);

    private static string Action(ValueWords value) => value switch
    {
        { Choices.Count: > 0 } => $"({string.Join(' ', value.Choices).Replace(":", "\\:", StringComparison.Ordinal)})",
        { Kind: ValueKind.Directory } => "_files -/",
        { Kind: ValueKind.File, Extension: { } extension } => $"_files -g \"*.{extension}\"",
        { Kind: ValueKind.File } => "_files",
        _ => " ",
    };

    private static string Lines(int depth, IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(line => new string(' ', depth * 4) + line));

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
