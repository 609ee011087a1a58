using System.CommandLine;
using System.CommandLine.Parsing;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;

namespace BinarySync.Cli.Completion;

/// <summary>
/// The work of `TOOL completions SHELL`: it prints a script with which the shell completes the program's command line. The script is made
/// from the same declarations as `--help`, and holds all of them: the program itself does not run while somebody presses a key.
/// </summary>
internal static class CompletionActions
{
    private const string Bash = "bash";
    private const string Zsh = "zsh";
    private const string Fish = "fish";

    /// <summary>Adds the subcommand to a program.</summary>
    public static void AddTo(RootCommand root, ToolContext context)
    {
        Argument<string> shell = new($"{Bash}|{Zsh}|{Fish}") { Description = "The shell that the script is for" };
        Command command = new("completions", "Print a script with which a shell completes the command line") { shell };
        command.SetAction(
            result => Print(result.GetValue(shell)!, result.GetResult("--json") is OptionResult { Implicit: false }, root, context));
        root.Add(command);
    }

    private static int Print(string shell, bool json, RootCommand root, ToolContext context)
    {
        if (json)
        {
            throw new UsageException("a script is no JSON", "leave out --json");
        }

        IReadOnlyList<CommandWords> commands = CommandWords.AllOf(root);
        context.Terminal.ResultText(shell switch
        {
            Bash => BashScript.Of(context.Name, commands),
            Zsh => ZshScript.Of(context.Name, commands),
            Fish => FishScript.Of(context.Name, commands),
            _ => throw new UsageException($"'{shell}' is not a shell with completions; choose one of {Bash}, {Zsh}, {Fish}"),
        });
        return ExitCode.Done;
    }
}
