using BinarySync.Cli.Inputs;
using BinarySync.Format;

namespace BinarySync.Cli.Texts;

/// <summary>What to do about a message that is refused.</summary>
internal static class MessageHints
{
    /// <summary>The hint; null if the message says all.</summary>
    public static string? For(MessageFormatException failure) => failure.Error switch
    {
        FormatError.WrongKind when failure.Found is { } kind => $"'{kind.Tool()} info' shows its contents",
        FormatError.Truncated or FormatError.Damaged or FormatError.TrailingBytes => "copy the file again, or make it again",
        FormatError.TextModeDamage => "copy it in binary mode",
        FormatError.NewerVersion => "use a newer version of this program",
        _ => null,
    };
}
