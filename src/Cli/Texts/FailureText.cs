using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync;

namespace BinarySync.Cli.Texts;

/// <summary>A failure as it is printed: for people as a message and a hint, for scripts as an object (docs/manual/scripting.md).</summary>
/// <param name="Exit">The exit code.</param>
/// <param name="Reason">Stable, in kebab case.</param>
/// <param name="Message">What happened.</param>
/// <param name="Hint">What to do; null if nothing is known.</param>
/// <param name="Values">Figures and names for scripts, in snake case.</param>
internal sealed record FailureText(int Exit, string Reason, string Message, string? Hint, IReadOnlyList<(string Name, object Value)> Values)
{
    /// <summary>The reason of a command line that is wrong.</summary>
    public const string UsageReason = "usage";

    /// <summary>The reason if a signal ended the run.</summary>
    public const string InterruptedReason = "interrupted";

    /// <summary>The reason if the system gives the process too little of something.</summary>
    public const string ShortageReason = "shortage";

    /// <summary>The reason for an error that should never happen.</summary>
    public const string DefectReason = "defect";

    /// <summary>The blocks that the failure is about.</summary>
    public IReadOnlyList<BlockRun> Ranges { get; init; } = [];

    /// <summary>More messages of the same kind: a command line may be wrong in several ways.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Turns a failure into text.</summary>
    /// <param name="failure">A failure of any kind.</param>
    /// <param name="advice">A better hint than the usual one; null if there is none.</param>
    public static FailureText Of(Exception failure, string? advice) => failure switch
    {
        AdvisedException advised => Of(advised.InnerException!, advice ?? advised.Hint),
        UsageException usage => new(ExitCode.Usage, UsageReason, usage.Message, advice ?? usage.Hint, []),
        MessageFormatException format => new(
            ExitCode.BadMessage,
            Kebab(format.Error),
            $"{format.MessageName}: {format.Message} (offset {format.Offset})",
            advice ?? MessageHints.For(format),
            [("subject", format.MessageName), ("offset", format.Offset), ("field", format.Field)]),
        SyncException sync => new(
            CodeOf(sync.Error),
            Kebab(sync.Reason),
            sync.Subject.Length > 0 ? $"{sync.Subject}: {sync.Message}" : sync.Message,
            advice ?? SyncHints.For(sync),
            [.. About(sync.Subject), .. sync.Values, .. sync.Progress is { } progress ? [("target", Kebab(progress))] : NoValues])
        {
            Ranges = sync.Ranges,
        },
        StorageException storage => new(
            CodeOf(storage.Error),
            Kebab(storage.Error),
            storage.Message,
            advice ?? StorageHints.For(storage),
            [
                .. About(storage.Path),
                .. storage.Context == StorageContext.None ? NoValues : [("during", Kebab(storage.Context))],
                .. storage.Errno == 0 ? NoValues : [("errno", storage.Errno)],
                .. storage.Offset is { } offset ? [("offset", offset)] : NoValues,
            ]),
        _ when Shortage.Of(failure) is var (message, hint) => new(ExitCode.Failed, ShortageReason, message, hint, []),
        _ =>
            new(
                ExitCode.Defect,
                DefectReason,
                $"a defect in this program: {failure.GetType().Name}: {failure.Message}",
                null,
                [("trace", failure.StackTrace ?? "(no trace)")]),
    };

    /// <summary>Turns an interruption into text.</summary>
    /// <param name="interrupted">The cancellation.</param>
    /// <param name="signal">The number of the signal that asked for it.</param>
    /// <param name="words">The message, and what to do.</param>
    public static FailureText Of(OperationCanceledException interrupted, int signal, (string Message, string? Hint) words) => new(
        ExitCode.SignalBase + signal,
        InterruptedReason,
        words.Message,
        words.Hint,
        interrupted is ApplyInterruptedException applying ? [.. About(applying.Target), ("target", Kebab(applying.Progress))] : []);

    /// <summary>The exit code of a failure of a path.</summary>
    public static int CodeOf(StorageError error) => error switch
    {
        StorageError.NotFound or StorageError.IsDirectory or StorageError.NotAFileOrBlockDevice or StorageError.UnknownScheme
            or StorageError.Exists or StorageError.IsLink or StorageError.DirectoryMissing => ExitCode.Usage,
        StorageError.EndReached or StorageError.LengthChanged => ExitCode.Mismatch,
        StorageError.InUse or StorageError.Untrusted or StorageError.Unguarded => ExitCode.InUse,
        _ => ExitCode.Failed,
    };

    /// <summary>The exit code of a failure of content.</summary>
    public static int CodeOf(SyncError error) => error switch
    {
        SyncError.VerificationFailed => ExitCode.VerificationFailed,
        SyncError.OutOfBounds => ExitCode.Usage,
        SyncError.Unreadable or SyncError.UnreadableButBrought => ExitCode.Failed,
        _ => ExitCode.Mismatch,
    };

    /// <summary>The name of an enum's member as scripts see it: NotAMessage is "not-a-message".</summary>
    public static string Kebab<T>(T member)
        where T : struct, Enum
    {
        string name = member.ToString();
        return string.Concat(
            name.Select((letter, i) => char.IsUpper(letter) ? (i == 0 ? string.Empty : "-") + char.ToLowerInvariant(letter) : $"{letter}"));
    }

    private static (string Name, object Value)[] NoValues => [];

    private static (string Name, object Value)[] About(string subject) => subject.Length == 0 ? [] : [("subject", subject)];
}
