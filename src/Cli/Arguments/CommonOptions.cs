using System.CommandLine;
using BinarySync.Cli.Host;
using BinarySync.Cli.Progress;
using BinarySync.Sync;

namespace BinarySync.Cli.Arguments;

/// <summary>The options that every program and every subcommand has.</summary>
public sealed class CommonOptions
{
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print only errors", Recursive = true };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Print more details", Recursive = true };

    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON", Recursive = true };

    private readonly Option<string?> _progress = new("--progress")
    {
        Description =
            "How to show progress on standard error: a bar that is redrawn, a plain line every ten seconds, JSON, or nothing; auto is a "
                + "bar on a terminal, else plain [default: auto]",
        HelpName = "auto|bar|plain|json|none",
        Recursive = true,
    };

    private readonly Option<int?> _threads = new("--threads", "-t")
    {
        Description = "Threads that read, hash and compress, 1 to 256 [default: one per CPU, at most 4]",
        HelpName = "N",
        CustomParser = OptionValues.Number(1, SyncOptions.MaxThreads),
        Recursive = true,
    };

    /// <summary>The options of those commands that read or write a target.</summary>
    public StorageOptions Storage { get; } = new();

    public CommonOptions() => OptionValues.AllowOnly(_progress, "a kind of progress", "auto", "bar", "plain", "json", "none");

    /// <summary>Adds them to a program.</summary>
    public void AddTo(RootCommand command)
    {
        command.Add(_quiet);
        command.Add(_verbose);
        command.Add(_json);
        command.Add(_progress);
        command.Add(_threads);
    }

    /// <summary>Begins a command with the options of its line.</summary>
    internal CommandSession Begin(ParseResult result, ToolContext context)
    {
        bool quiet = result.GetValue(_quiet);
        context.Terminal.IsQuiet = quiet;
        context.Terminal.IsVerbose = result.GetValue(_verbose);
        SyncOptions options = new()
        {
            Threads = result.GetValue(_threads) ?? SyncOptions.DefaultThreads,
            Cancellation = context.Cancellation,
        };
        ProgressStyle style = ProgressStyle.Of(result.GetValue(_progress), quiet);
        return new CommandSession(
            context.Terminal, options, result.GetValue(_json), new ProgressReporter(options.Progress, context.Terminal, style))
        {
            OutputMode = OutputMode.Given(result),
        };
    }
}
