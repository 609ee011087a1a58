using System.CommandLine;
using System.CommandLine.Help;
using BinarySync.Cli.Advice;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Completion;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Maps;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Sync;

namespace BinarySync.Cli;

/// <summary>Runs a program: parses, invokes, and turns every error into its message and exit code. The only place that catches.</summary>
public static class ToolRunner
{
    /// <summary>Runs the program.</summary>
    /// <param name="name">The program's name, before each message.</param>
    /// <param name="arguments">As the system gave them.</param>
    /// <param name="declare">Declares the command line; its actions get a terminal and a cancellation.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string name, string[] arguments, Func<ToolContext, RootCommand> declare)
    {
        try
        {
            return RunGuarded(name, arguments, declare);
        }
        catch (Exception lost)
        {
            // So few resources are left that even the ordinary way to report it has failed.
            (string Message, string Hint)? shortage = Shortage.Of(lost);
            string message = shortage?.Message ?? $"a defect in this program: {lost.GetType().Name}: {lost.Message}";
            _ = Terminal.Write($"{name}: error: {VisibleText.Of(message)}\n");
            return shortage is null ? ExitCode.Defect : ExitCode.Failed;
        }
    }

    private static int RunGuarded(string name, string[] arguments, Func<ToolContext, RootCommand> declare)
    {
        StandardDescriptors.Secure();
        NativeHeap.UseOneArena();
        RuntimeSockets.Withdraw();
        Terminal terminal = new(name);
        FailureSpeaker speaker = new(terminal, FailureSpeaker.WantsJson(arguments));
        using SignalWatch signals = new(terminal.AnswerProgress, terminal.TryClearLine);
        ToolContext context = new(name, terminal, signals.Token);
        ParseResult? line = null;
        try
        {
            RootCommand root = declare(context);
            CompletionActions.AddTo(root, context);
            line = Parse(root, ProcessText.Arguments(arguments) ?? throw NoText(arguments), terminal, name);
            int code = Invoke(line, speaker, name);
            return FlushResult(terminal, speaker, code, line.CommandResult.Command.Name);
        }
        catch (OperationCanceledException interrupted) when (signals.Signal != 0)
        {
            (string, string?)? words = line is null
                ? null
                : Advice<(string, string?)?>(() => InterruptionAdvice.For(interrupted, new TypedLine(line, name), name));
            return speaker.Say(FailureText.Of(interrupted, signals.Signal, words ?? ("interrupted", null)));
        }
        catch (Exception exception)
        {
            string? hint = line is null ? null : Advice(() => FailureAdvice.For(exception, new TypedLine(line, name), name));
            string? state = line is null ? null : Advice(() => FailureAdvice.StateAfter(exception, new TypedLine(line, name), name));
            FailureText text = FailureText.Of(exception, hint);
            return speaker.Say(state is null ? text : text with { Message = $"{text.Message}; {state}" });
        }
    }

    // A user who asked for a report has not got it; a user who asked for work only does not know that it is done.
    private static int FlushResult(Terminal terminal, FailureSpeaker speaker, int code, string command)
    {
        try
        {
            terminal.FlushResult();
            return code;
        }
        catch (StorageException lost) when (code == ExitCode.Done && command is not "info" and not "completions")
        {
            return speaker.Say(FailureText.Of(lost, "the work is done; only its report is lost"));
        }
    }

    // If the advice fails, that must not hide the failure itself.
    private static T? Advice<T>(Func<T?> advice)
    {
        try
        {
            return advice();
        }
        catch (Exception)
        {
            return default;
        }
    }

    private static UsageException NoText(string[] arguments) => new(
        $"'{arguments.First(argument => argument.Contains('\uFFFD', StringComparison.Ordinal))}' may have bytes that are not UTF-8, and "
            + "/proc does not show which",
        "give the file another name, or mount /proc");

    private static ParseResult Parse(RootCommand command, string[] arguments, Terminal terminal, string name)
    {
        // No response files, no single-letter bundles: a target may be called @x, and -rf is a typing error here.
        command.Options.OfType<HelpOption>().Single().Action = new HelpText(name, terminal);
        command.Options.OfType<VersionOption>().Single().Action = new VersionText(terminal);
        return command.Parse(
            MapOptions.Settle(command, Asked(command, arguments)),
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
    }

    // "help", "help COMMAND" and "version", as other programs have them. A file with such a name is written ./help.
    private static string[] Asked(RootCommand command, string[] arguments) => arguments switch
    {
        ["help"] => ["--help"],
        ["help", var name] when command.Subcommands.Any(subcommand => subcommand.Name == name) => [name, "--help"],
        ["version"] => ["--version"],
        _ => arguments,
    };

    private static int Invoke(ParseResult result, FailureSpeaker speaker, string name)
    {
        bool isHelp = result.Action is { ClearsParseErrors: true };
        if (!isHelp && CommandLineText.UnknownOption(result) is { } unknown)
        {
            TypedLine line = new(result, name);
            return LineAdvice.MeantCommand(line, name) is { } meant
                ? speaker.Say(Slip($"there is no command '{line.Files[0]}'", meant))
                : speaker.Say(Slip($"there is no option '{unknown}'", OptionAdvice.For(unknown, result, name)));
        }

        if (!isHelp && CommandLineText.Stray(result) is { } stray)
        {
            (string error, string hint) = LineAdvice.OfStray(stray, new TypedLine(result, name));
            throw new UsageException(error, hint);
        }

        if (!isHelp && result.Errors.Count > 0)
        {
            return speaker.Say(ErrorsOf(result, name));
        }

        // The word is in the place of the target, and nothing else on the line is wrong.
        if (result.Tokens is [{ Value: "help" or "version" }, ..]
            && new TypedLine(result, name) is var asked
            && LineAdvice.MeantCommand(asked, name) is { } seek)
        {
            throw new UsageException($"there is no command '{asked.Files[0]}'", seek);
        }

        if (!isHelp && CommandLineText.Empty(result) is { } empty)
        {
            throw new UsageException($"{empty} needs a value, but is empty", "is a variable of the shell not set?");
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static FailureText ErrorsOf(ParseResult result, string name)
    {
        if (LineAdvice.For(new TypedLine(result, name), name) is var (error, hint))
        {
            return Slip(error, hint);
        }

        string[] messages = [.. result.Errors.Select(error => CommandLineText.InOurVoice(error.Message)).Distinct()];
        string seek = messages.All(CommandLineText.SaysMissing)
            ? CommandLineText.SeekWhole(result, name)
            : CommandLineText.Seek(result, name);
        string command = result.CommandResult.Command.Name;
        bool mayBeFile = result.CommandResult.Command is not RootCommand && messages.All(CommandLineText.SaysMissing);
        string asFile = mayBeFile && MessageInput.Exists(command)
            ? $"; if the file '{command}' is meant, write ./{command}"
            : string.Empty;
        return Slip(messages[0], seek + asFile) with { Further = messages[1..] };
    }

    private static FailureText Slip(string message, string? hint) => new(ExitCode.Usage, FailureText.UsageReason, message, hint, []);
}
