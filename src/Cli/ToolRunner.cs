using System.CommandLine;
using System.CommandLine.Help;
using BinarySync.Format;
using BinarySync.Storage;
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
        Terminal terminal = new(name);
        using SignalWatch signals = new(terminal.AnswerProgress, terminal.TryClearLine);
        ToolContext context = new(name, terminal, signals.Token);
        try
        {
            RootCommand root = declare(context);
            CompletionActions.AddTo(root, context);
            int code = Invoke(root, arguments, terminal, name);
            terminal.FlushResult();
            return code;
        }
        catch (OperationCanceledException) when (signals.Signal != 0)
        {
            terminal.Error("interrupted", "run the same command again to go on");
            return ExitCode.SignalBase + signals.Signal;
        }
        catch (Exception exception)
        {
            return Report(exception, terminal);
        }
    }

    private static int Invoke(RootCommand command, string[] arguments, Terminal terminal, string name)
    {
        // No response files, no single-letter bundles: a target may be called @x, and -rf is a typing error here.
        command.Options.OfType<HelpOption>().Single().Action = new HelpText(name, terminal);
        ParseResult result = command.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (result.Action is not { ClearsParseErrors: true } && CommandLineText.UnknownOption(result) is { } unknown)
        {
            terminal.Error($"there is no option '{unknown}'");
            terminal.Hint($"{CommandLineText.Seek(result, name)}; a file of that name is written ./{unknown}");
            return ExitCode.Usage;
        }

        if (result.Errors.Count > 0 && result.Action is not { ClearsParseErrors: true })
        {
            foreach (string message in result.Errors.Select(error => error.Message).Distinct())
            {
                terminal.Error(CommandLineText.InOurVoice(message));
            }

            terminal.Hint(CommandLineText.Seek(result, name));
            return ExitCode.Usage;
        }

        if (CommandLineText.Stray(result) is { } stray)
        {
            string subcommand = result.CommandResult.Command.Name;
            throw new UsageException($"'{stray}' stands before '{subcommand}', which does not take it", $"if '{subcommand}' is meant as a file, write ./{subcommand}");
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static int Report(Exception exception, Terminal terminal)
    {
        switch (exception)
        {
            case UsageException usage:
                terminal.Error(usage.Message, usage.Hint);
                return ExitCode.Usage;
            case MessageFormatException format:
                terminal.Error($"{format.MessageName}: {format.Message} (offset {format.Offset})", HintFor(format));
                return ExitCode.BadMessage;
            case SyncException sync:
                terminal.Error(sync.Subject.Length > 0 ? $"{sync.Subject}: {sync.Message}" : sync.Message, sync.Hint);
                foreach (BlockRun run in sync.Ranges)
                {
                    terminal.Detail($"block{(run.Count == 1 ? string.Empty : "s")} {run}");
                }

                return sync.Error switch
                {
                    SyncError.VerificationFailed => ExitCode.VerificationFailed,
                    SyncError.OutOfBounds => ExitCode.Usage,
                    _ => ExitCode.Mismatch,
                };
            case StorageException storage:
                terminal.Error(storage.Message, storage.Hint ?? HintFor(storage.Error));
                return CodeFor(storage.Error);
            default:
                terminal.Error($"a defect of this program: {exception.GetType().Name}: {exception.Message}");
                terminal.Error("please report it, with this trace and the command:");
                terminal.Progress(exception.StackTrace ?? "(no trace)");
                return ExitCode.Defect;
        }
    }

    private static string? HintFor(MessageFormatException exception) => exception.Error switch
    {
        FormatError.WrongKind when exception.Found is { } kind => $"'{ToolOf(kind)} info' shows what it says",
        FormatError.Truncated or FormatError.Damaged or FormatError.TrailingBytes => "copy the file again, or make it again",
        FormatError.TextModeDamage => "copy it in binary mode",
        FormatError.NewerVersion => "use a newer version of this program",
        _ => null,
    };

    // The program that makes messages of this kind, and shows them.
    private static string ToolOf(MessageKind kind) => kind switch
    {
        MessageKind.ChecksumRequest => "ckreq",
        MessageKind.ChecksumFile => "ckfile",
        MessageKind.DataRequest => "dtreq",
        _ => "dtfile",
    };

    private static string? HintFor(StorageError error) => error switch
    {
        StorageError.Exists => "-f replaces an existing output",
        StorageError.EndReached => "it became shorter while it was read; use a snapshot, or stop what writes to it",
        StorageError.FlushFailed => "nothing that was written may be believed; look at the system's log before you try again",
        _ => null,
    };

    private static int CodeFor(StorageError error) => error switch
    {
        StorageError.NotFound or StorageError.IsDirectory or StorageError.NotAFileOrBlockDevice
            or StorageError.Exists or StorageError.DirectoryMissing => ExitCode.Usage,
        StorageError.EndReached => ExitCode.Mismatch,
        StorageError.InUse => ExitCode.InUse,
        _ => ExitCode.Failed,
    };
}

/// <summary>What the actions of a program are told.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Terminal">Where it speaks.</param>
/// <param name="Cancellation">Ends it between two steps.</param>
public sealed record ToolContext(string Name, Terminal Terminal, CancellationToken Cancellation);
