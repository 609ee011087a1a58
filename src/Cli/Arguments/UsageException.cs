namespace BinarySync.Cli.Arguments;

/// <summary>The command line is wrong in a way that parsing alone does not see.</summary>
internal sealed class UsageException(string message, string? hint = null) : Exception(message)
{
    public string? Hint { get; } = hint;
}
