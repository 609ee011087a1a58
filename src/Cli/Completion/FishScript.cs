using System.Text;

namespace BinarySync.Cli.Completion;

/// <summary>Completion for fish 3.4 and later.</summary>
internal static class FishScript
{
    private const string Frame = """
        # fish completion for @TOOL@, printed by '@TOOL@ completions fish'

        # Prints the subcommand, or "-" for the program itself, and how many files stand before the word that is being completed.
        function __@TOOL@_place
            set -l command -
            set -l position 0
            set -l skip
            set -l rest
            set -l maybe
            for word in (commandline -opc)[2..-1]
                if test -n "$skip"
                    set skip
                    continue
                else if test -n "$rest"
                    set position (math $position + 1)
                    continue
                else if test -n "$maybe"; and string match -q "*.$maybe" -- $word
                    set maybe
                    continue
                end
                set maybe
                switch "$command $word"
                    case '* --'
                        set rest 1
                    case @COMMANDS@
                        if test $position = 0
                            set command $word
                        else
                            set position (math $position + 1)
                        end
                    case @VALUED@
                        set skip 1
        @MAYBE@            case '* -?*'
                    case '*'
                        set position (math $position + 1)
                end
            end
            echo $command $position
        end

        # True in this subcommand; with a second word, where that many files stand before; with "+" behind the number, that many or more.
        function __@TOOL@_at
            __@TOOL@_place | read -l command position
            test "$command" = "$argv[1]"; or return 1
            set -q argv[2]; or return 0
            if string match -q '*+' -- $argv[2]
                test $position -ge (string trim -c + -- $argv[2])
            else
                test $position = $argv[2]
            end
        end

        # The word that is being completed, without the option of --option=WORD.
        function __@TOOL@_typed
            commandline -ct | string replace -r '^--[a-z-]+=' ''
        end

        # Files, those with this ending first.
        function __@TOOL@_files
            __fish_complete_suffix "$(__@TOOL@_typed)" $argv[1]
        end

        function __@TOOL@_directories
            __fish_complete_directories "$(__@TOOL@_typed)"
        end

        complete -c @TOOL@ -f

        """;

    public static string Of(string tool, IReadOnlyList<CommandWords> commands)
    {
        StringBuilder script = new(Frame
            .Replace(
                "@COMMANDS@", string.Join(' ', commands.Skip(1).Select(command => Quote($"- {command.Name}"))), StringComparison.Ordinal)
            .Replace("@VALUED@", string.Join(' ', commands.SelectMany(ValuedOf)), StringComparison.Ordinal)
            .Replace("@MAYBE@", string.Concat(commands.SelectMany(MaybesOf)), StringComparison.Ordinal)
            .Replace("@TOOL@", tool, StringComparison.Ordinal));
        foreach (CommandWords subcommand in commands.Skip(1))
        {
            script.Append($"complete -c {tool} -n '__{tool}_at - 0' -a {subcommand.Name} -d {Quote(subcommand.Description)}\n");
        }

        foreach (CommandWords command in commands)
        {
            script.Append('\n');
            for (int position = 0; position < command.Files.Count; position++)
            {
                string place = $"{position}{(position == command.Files.Count - 1 && command.LastRepeats ? "+" : string.Empty)}";
                Add(script, tool, $"complete -c {tool} -n '__{tool}_at {Key(command)} {place}'", command.Files[position], isArgument: true);
            }

            foreach (OptionWords option in command.Options)
            {
                string line =
                    $"complete -c {tool} -n '__{tool}_at {Key(command)}'{string.Concat(option.Names.Select(Named))} -d "
                        + $"{Quote(option.Description)}";
                Add(script, tool, line, option.Value, option.ValueIsOptional);
                if (option is { ValueIsOptional: true, Value.Extension: { } extension })
                {
                    // As a word of its own: fish itself only knows --option=VALUE.
                    script.Append(
                        $"complete -c {tool} -n '__{tool}_at {Key(command)}; and contains -- (commandline -opc)[-1] "
                            + $"{string.Join(' ', option.Names)}' -k -a '(__{tool}_files .{extension})'\n");
                }
            }
        }

        return script.ToString();
    }

    private static void Add(StringBuilder script, string tool, string line, ValueWords? value, bool isArgument)
    {
        // -r: the value is required; -F: any file; -f: no file but those that -a gives.
        string required = isArgument ? string.Empty : " -r";
        string? tail = value switch
        {
            null => string.Empty,
            { Choices.Count: > 0 } => $"{required} -f -a {Quote(string.Join(' ', value.Choices))}",
            { Kind: ValueKind.Directory } => $"{required} -f -a '(__{tool}_directories)'",
            { Kind: ValueKind.File, Extension: { } extension } => $"{required} -f -k -a '(__{tool}_files .{extension})'",
            { Kind: ValueKind.File } => $"{required} -F",
            _ => isArgument ? null : " -x",
        };
        if (tail is not null)
        {
            script.Append(line).Append(tail).Append('\n');
        }
    }

    private static IEnumerable<string> ValuedOf(CommandWords command) =>
        command.Options.Where(option => option is { Value: not null, ValueIsOptional: false })
            .SelectMany(option => option.Names)
            .Select(name => Quote($"{Key(command)} {name}"));

    private static IEnumerable<string> MaybesOf(CommandWords command) => command.Options
        .Where(option => option is { Value: not null, ValueIsOptional: true })
        .Select(option =>
        {
            string names = string.Join(' ', option.Names.Select(name => Quote($"{Key(command)} {name}")));
            return $"            case {names}\n                set maybe {option.Value!.Extension}\n";
        });

    private static string Key(CommandWords command) => command.Name.Length == 0 ? "-" : command.Name;

    private static string Named(string name) => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}";

    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
