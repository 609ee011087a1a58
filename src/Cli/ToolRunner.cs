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
    /// <param name="declare">Declares the command line; the actions are told where to speak and when to stop.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string name, string[] arguments, Func<ToolContext, RootCommand> declare)
    {
        try
        {
            return RunGuarded(name, arguments, declare);
        }
        catch (Exception lost)
        {
            // So little is left that not even the ordinary way to say it could be gone.
            (string Message, string Hint)? shortage = Shortage.Of(lost);
            string message = shortage?.Message ?? $"a defect of this program: {lost.GetType().Name}: {lost.Message}";
            _ = Terminal.Write($"{name}: error: {VisibleText.Of(message)}\n");
            return shortage is null ? ExitCode.Defect : ExitCode.Failed;
        }
    }

    private static int RunGuarded(string name, string[] arguments, Func<ToolContext, RootCommand> declare)
    {
        StandardDescriptors.Secure();
        RuntimeSockets.Withdraw();
        Terminal terminal = new(name);
        using SignalWatch signals = new(terminal.AnswerProgress, terminal.TryClearLine);
        ToolContext context = new(name, terminal, signals.Token);
        ParseResult? line = null;
        try
        {
            RootCommand root = declare(context);
            CompletionActions.AddTo(root, context);
            line = Parse(root, ProcessText.Arguments(arguments) ?? throw NoText(arguments), terminal, name);
            int code = Invoke(line, terminal, name);
            return FlushResult(terminal, code, line.CommandResult.Command.Name);
        }
        catch (OperationCanceledException) when (signals.Signal != 0)
        {
            terminal.Error("interrupted", line is null ? null : Advice(() => FailureAdvice.AfterInterruption(new TypedLine(line, name), name)));
            return ExitCode.SignalBase + signals.Signal;
        }
        catch (Exception exception)
        {
            return Report(exception, terminal, line is null ? null : Advice(() => FailureAdvice.For(exception, new TypedLine(line, name), name)));
        }
    }

    // Who asked for a report has not got it; who asked for work only does not know that it is done.
    private static int FlushResult(Terminal terminal, int code, string command)
    {
        try
        {
            terminal.FlushResult();
            return code;
        }
        catch (StorageException lost) when (code == ExitCode.Done && command is not "info" and not "completions")
        {
            terminal.Error(lost.Message, "all is done: only what was to be said of it is lost");
            return CodeFor(lost.Error);
        }
    }

    // A failure of the advice must not stand in the way of the failure itself.
    private static string? Advice(Func<string?> advice)
    {
        try
        {
            return advice();
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static UsageException NoText(string[] arguments) => new(
        $"'{arguments.First(argument => argument.Contains('\uFFFD', StringComparison.Ordinal))}' may have bytes that are no UTF-8, and /proc does not say which",
        "give the file another name, or mount /proc");

    private static ParseResult Parse(RootCommand command, string[] arguments, Terminal terminal, string name)
    {
        // No response files, no single-letter bundles: a target may be called @x, and -rf is a typing error here.
        command.Options.OfType<HelpOption>().Single().Action = new HelpText(name, terminal);
        return command.Parse(MapOptions.Settle(command, arguments), new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
    }

    private static int Invoke(ParseResult result, Terminal terminal, string name)
    {
        bool isHelp = result.Action is { ClearsParseErrors: true };
        if (!isHelp && CommandLineText.UnknownOption(result) is { } unknown)
        {
            TypedLine line = new(result, name);
            if (LineAdvice.MeantCommand(line, name) is { } meant)
            {
                terminal.Error($"there is no command '{line.Files[0]}'", meant);
            }
            else
            {
                terminal.Error($"there is no option '{unknown}'", OptionAdvice.For(unknown, result, name));
            }

            return ExitCode.Usage;
        }

        if (!isHelp && result.Errors.Count > 0)
        {
            SayErrors(result, terminal, name);
            return ExitCode.Usage;
        }

        // In the place of the target, with nothing else on the line that would be wrong.
        if (result.Tokens is [{ Value: "help" or "version" }, ..] && new TypedLine(result, name) is var asked && LineAdvice.MeantCommand(asked, name) is { } seek)
        {
            throw new UsageException($"there is no command '{asked.Files[0]}'", seek);
        }

        if (!isHelp && CommandLineText.Empty(result) is { } empty)
        {
            throw new UsageException($"{empty} wants a value, and is empty", "is a variable of the shell not set?");
        }

        if (CommandLineText.Stray(result) is { } stray)
        {
            string subcommand = result.CommandResult.Command.Name;
            throw new UsageException($"'{stray}' stands before '{subcommand}', which does not take it", $"if '{subcommand}' is meant as a file, write ./{subcommand}");
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static void SayErrors(ParseResult result, Terminal terminal, string name)
    {
        if (LineAdvice.For(new TypedLine(result, name), name) is var (error, hint))
        {
            terminal.Error(error, hint);
            return;
        }

        string[] messages = [.. result.Errors.Select(error => CommandLineText.InOurVoice(error.Message)).Distinct()];
        foreach (string message in messages)
        {
            terminal.Error(message);
        }

        terminal.Hint(messages.All(CommandLineText.SaysMissing) ? CommandLineText.SeekWhole(result, name) : CommandLineText.Seek(result, name));
    }

    private static int Report(Exception exception, Terminal terminal, string? advice)
    {
        switch (exception)
        {
            case UsageException usage:
                terminal.Error(usage.Message, advice ?? usage.Hint);
                return ExitCode.Usage;
            case MessageFormatException format:
                terminal.Error($"{format.MessageName}: {format.Message} (offset {format.Offset})", advice ?? HintFor(format));
                return ExitCode.BadMessage;
            case SyncException sync:
                terminal.Error(sync.Subject.Length > 0 ? $"{sync.Subject}: {sync.Message}" : sync.Message, advice ?? sync.Hint);
                foreach (BlockRun run in sync.Ranges)
                {
                    terminal.Detail($"block{(run.Count == 1 ? string.Empty : "s")} {run}");
                }

                return sync.Error switch
                {
                    SyncError.VerificationFailed => ExitCode.VerificationFailed,
                    SyncError.OutOfBounds => ExitCode.Usage,
                    SyncError.Unreadable or SyncError.UnreadableButBrought => ExitCode.Failed,
                    _ => ExitCode.Mismatch,
                };
            case StorageException storage:
                terminal.Error(storage.Message, advice ?? storage.Hint ?? HintFor(storage.Error));
                return CodeFor(storage.Error);
            case var _ when Shortage.Of(exception) is var (message, hint):
                terminal.Error(message, hint);
                return ExitCode.Failed;
            default:
                terminal.Error($"a defect of this program: {exception.GetType().Name}: {exception.Message}");
                terminal.Error("please report it, with this trace and the command:");
                foreach (string line in (exception.StackTrace ?? "(no trace)").Split('\n'))
                {
                    terminal.Progress(line);
                }

                return ExitCode.Defect;
        }
    }

    private static string? HintFor(MessageFormatException exception) => exception.Error switch
    {
        FormatError.WrongKind when exception.Found is { } kind => $"'{kind.Tool()} info' shows what it says",
        FormatError.Truncated or FormatError.Damaged or FormatError.TrailingBytes => "copy the file again, or make it again",
        FormatError.TextModeDamage => "copy it in binary mode",
        FormatError.NewerVersion => "use a newer version of this program",
        _ => null,
    };

    private static string? HintFor(StorageError error) => error switch
    {
        StorageError.Exists => "-f replaces an existing output",
        StorageError.IsLink => "name the file itself, or remove the link",
        StorageError.EndReached => "it became shorter while it was read; use a snapshot, or stop what writes to it",
        StorageError.NoMedium => "insert the medium, or attach what the device is for (losetup, nbd-client), and look at its size with 'blockdev --getsize64'",
        StorageError.SizeUntrue => "copy it to a regular file, and use that",
        StorageError.LengthChanged => "stop what else writes to the target; what it has added lies behind that length: keep it elsewhere, cut the target to that length, then run the same command again",
        StorageError.FlushFailed => "nothing that was written may be believed; look at the system's log before you try again",
        _ => null,
    };

    private static int CodeFor(StorageError error) => error switch
    {
        StorageError.NotFound or StorageError.IsDirectory or StorageError.NotAFileOrBlockDevice
            or StorageError.Exists or StorageError.IsLink or StorageError.DirectoryMissing => ExitCode.Usage,
        StorageError.EndReached or StorageError.LengthChanged => ExitCode.Mismatch,
        StorageError.InUse or StorageError.Untrusted or StorageError.Unguarded => ExitCode.InUse,
        _ => ExitCode.Failed,
    };
}
