namespace BinarySync.Cli.Completion;

/// <summary>Completion for bash 4.4 and later; it needs nothing else to be installed.</summary>
internal static class BashScript
{
    private const string Frame = """
        # bash completion for @TOOL@, printed by '@TOOL@ completions bash'

        _@TOOL@() {
            local command='' option='' maybe='' word cur strip='' rest='' position=0 i
            local -a words=()
            COMPREPLY=()

            # Readline splits at ':' and '=' as well, and replaces only what follows; the program does not split there.
            for ((i = 1; i <= COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if ((${#words[@]} > 0)) && [[ $word =~ ^[:=]+$ || ${COMP_WORDS[i - 1]} =~ ^[:=]+$ ]]; then
                    strip=${words[-1]}
                    [[ $word =~ ^[:=]+$ ]] && strip+=$word
                    words[-1]+=$word
                else
                    strip=''
                    words+=("$word")
                fi
            done
            cur=${words[-1]}

            for word in "${words[@]:0:${#words[@]}-1}"; do
                if [[ -n $option ]]; then
                    option=''
                    continue
                elif [[ -n $rest ]]; then
                    ((position += 1))
                    continue
                elif [[ -n $maybe && $word == *".$maybe" ]]; then
                    maybe=''
                    continue
                fi
                maybe=''
                case "$command $word" in
                *' --') rest=1 ;;
        @COMMANDS@
        @VALUED@@MAYBE@
                *' -'?*) ;;
                *) ((position += 1)) ;;
                esac
            done

            if [[ -z $option && -z $rest && $cur == --*=* ]]; then
                option=${cur%%=*}
                cur=${cur#*=}
                strip=${strip#"$option="}
            elif [[ -z $option && -z $rest && $cur == -* ]]; then
                case $command in
        @OPTIONS@
                esac
                return
            fi

            if [[ -n $option ]]; then
                case "$command $option" in
        @VALUES@
                esac
            else
                case "$command $position" in
        @FILES@
                esac
                [[ -z $maybe ]] || _@TOOL@_reply < <(compgen -f -X "!*.$maybe" -- "$cur")
            fi
        }

        # What begins like the word that is being completed, without what stands before a ':' or '='.
        _@TOOL@_reply() {
            local reply
            while IFS= read -r reply; do
                COMPREPLY+=("${reply#"$strip"}")
            done
        }

        _@TOOL@_words() {
            _@TOOL@_reply < <(compgen -W "$1" -- "$cur")
        }

        # Files with this ending, and directories; any file where there is none, or where no ending is given.
        _@TOOL@_files() {
            local before=${#COMPREPLY[@]}
            compopt -o filenames 2>/dev/null
            [[ -z $1 ]] || _@TOOL@_reply < <(compgen -f -X "!*.$1" -- "$cur"; compgen -d -- "$cur")
            ((${#COMPREPLY[@]} > before)) || _@TOOL@_reply < <(compgen -f -- "$cur")
        }

        _@TOOL@_directories() {
            compopt -o filenames 2>/dev/null
            _@TOOL@_reply < <(compgen -d -- "$cur")
        }

        complete -F _@TOOL@ @TOOL@

        """;

    public static string Of(string tool, IReadOnlyList<CommandWords> commands)
    {
        IEnumerable<(string Pattern, OptionWords Option)> valued =
            [.. commands.SelectMany(command =>
                command.Options.Where(option => option.Value is not null).Select(option => (Pattern(command, option.Names), option)))];
        return Frame
            .Replace("@COMMANDS@", Commands(commands), StringComparison.Ordinal)
            .Replace(
                "@VALUED@",
                Case(2, valued.Where(row => !row.Option.ValueIsOptional).Select(row => row.Pattern), "option=$word"),
                StringComparison.Ordinal)
            .Replace(
                "@MAYBE@",
                string.Concat(
                    valued.Where(row => row.Option.ValueIsOptional).Select(
                        row => "\n" + Case(2, [row.Pattern], $"maybe={row.Option.Value!.Extension}"))),
                StringComparison.Ordinal)
            .Replace(
                "@OPTIONS@",
                Lines(
                    2,
                    commands.Select(command =>
                        $"{Quote(command.Name)}) _{tool}_words "
                            + $"'{string.Join(' ', command.Options.SelectMany(option => option.Names))}' ;;")),
                StringComparison.Ordinal)
            .Replace("@VALUES@", Cases(valued.Select(row => (row.Pattern, Action(tool, row.Option.Value!)))), StringComparison.Ordinal)
            .Replace("@FILES@", Cases(commands.SelectMany(command => FilesOf(tool, command, commands))), StringComparison.Ordinal)
            .Replace("@TOOL@", tool, StringComparison.Ordinal);
    }

    // Only the first word can be a subcommand.
    private static string Commands(IReadOnlyList<CommandWords> commands) =>
        Lines(
            2,
            [
                $"{string.Join(" | ", commands.Skip(1).Select(command => Quote($" {command.Name}")))})",
                "    if ((position == 0)); then command=$word; else ((position += 1)); fi",
                "    ;;"]);

    private static IEnumerable<(string Pattern, string Action)> FilesOf(
        string tool, CommandWords command, IReadOnlyList<CommandWords> commands)
    {
        // "*" last: the first pattern that matches is taken.
        for (int position = 0; position < command.Files.Count; position++)
        {
            bool more = position == command.Files.Count - 1 && command.LastRepeats;
            string pattern = more ? $"{Quote($"{command.Name} ")}*" : Quote($"{command.Name} {position}");
            string action = Action(tool, command.Files[position]);
            yield return (pattern, command.Name.Length == 0 && position == 0 ? $"{Subcommands(tool, commands)}; {action}" : action);
        }

        if (command is { Name.Length: 0, Files.Count: 0 })
        {
            yield return ("' 0'", Subcommands(tool, commands));
        }
    }

    private static string Subcommands(string tool, IReadOnlyList<CommandWords> commands) =>
        $"_{tool}_words '{string.Join(' ', commands.Skip(1).Select(command => command.Name))}'";

    private static string Action(string tool, ValueWords value) => value switch
    {
        { Choices.Count: > 0 } => $"_{tool}_words '{string.Join(' ', value.Choices)}'",
        { Kind: ValueKind.Directory } => $"_{tool}_directories",
        { Kind: ValueKind.File } => $"_{tool}_files '{value.Extension}'",
        _ => ":",
    };

    private static string Pattern(CommandWords command, IEnumerable<string> names) =>
        string.Join(" | ", names.Select(name => Quote($"{command.Name} {name}")));

    private static string Cases(IEnumerable<(string Pattern, string Action)> rows) =>
        string.Join(
            '\n',
            rows.Where(row => row.Action != ":")
                .GroupBy(row => row.Action)
                .Select(group => Case(2, group.Select(row => row.Pattern), group.Key)));

    private static string Case(int depth, IEnumerable<string> patterns, string action) =>
        Lines(depth, [$"{string.Join(" | ", patterns)})", $"    {action}", "    ;;"]);

    private static string Lines(int depth, IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(line => new string(' ', depth * 4) + line));

    private static string Quote(string word) => $"'{word}'";
}
