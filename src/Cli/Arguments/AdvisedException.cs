namespace BinarySync.Cli.Arguments;

/// <summary>A failure for which a command has a better hint than the reason alone gives.</summary>
/// <param name="failure">The failure itself.</param>
/// <param name="hint">What to do.</param>
internal sealed class AdvisedException(Exception failure, string hint) : Exception(failure.Message, failure)
{
    public string Hint { get; } = hint;
}
