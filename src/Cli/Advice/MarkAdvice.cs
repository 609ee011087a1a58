using BinarySync.Cli.Output;
using BinarySync.Storage;

namespace BinarySync.Cli.Advice;

/// <summary>How to change a file or directory that is marked as unchangeable.</summary>
internal static class MarkAdvice
{
    /// <summary>The command.</summary>
    public static string For(string path, FileMarks marks)
    {
        string letters = (marks.HasFlag(FileMarks.Immutable) ? "i" : "") + (marks.HasFlag(FileMarks.AppendOnly) ? "a" : "");
        return $"if it may be changed, run as root: {ShellText.Line(["chattr", "-" + letters, path])}";
    }
}
