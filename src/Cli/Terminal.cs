using System.Text;
using BinarySync.Storage;

namespace BinarySync.Cli;

/// <summary>
/// Everything that a program says: the result on standard output, all else on standard error, each line behind the program's name, lower case and without a
/// full stop.
/// </summary>
public sealed class Terminal
{
    private readonly string _tool;
    private readonly StringBuilder _result = new();

    internal Terminal(string tool) => _tool = tool;

    /// <summary>Only errors are said.</summary>
    internal bool IsQuiet { get; set; }

    /// <summary>Details are said too.</summary>
    internal bool IsVerbose { get; set; }

    /// <summary>True where a message goes to standard output: what people read goes to standard error then.</summary>
    internal bool OutputIsMessage { get; set; }

    /// <summary>Says what could not be done.</summary>
    internal void Error(string message, string? hint = null)
    {
        Say($"error: {message}");
        if (hint is not null)
        {
            Hint(hint);
        }
    }

    /// <summary>Says what to do next, after an error.</summary>
    internal void Hint(string message) => Say($"hint: {message}");

    /// <summary>Says what the user should look at, although the program goes on.</summary>
    internal void Warn(string message)
    {
        if (!IsQuiet)
        {
            Say($"warning: {message}");
        }
    }

    /// <summary>Says what the user might not expect.</summary>
    internal void Note(string message)
    {
        if (!IsQuiet)
        {
            Say($"note: {message}");
        }
    }

    /// <summary>Says a detail, for those who asked for it.</summary>
    internal void Detail(string message)
    {
        if (IsVerbose && !IsQuiet)
        {
            Say(message);
        }
    }

    /// <summary>A line of how far it is.</summary>
    internal void Progress(string message) => Say(message);

    /// <summary>A line of the closing summary, which is no result for scripts.</summary>
    internal void Summary(string line)
    {
        if (IsQuiet)
        {
            return;
        }

        if (OutputIsMessage)
        {
            Say(line);
        }
        else
        {
            Result(line);
        }
    }

    /// <summary>A line of the result. Long results are written out on the way.</summary>
    internal void Result(string line) => ResultText(line + "\n");

    /// <summary>A piece of the result.</summary>
    internal void ResultText(string text)
    {
        const int FlushAt = 64 << 10;
        _result.Append(text);
        if (_result.Length > FlushAt)
        {
            FlushResult();
        }
    }

    /// <summary>Writes out the result.</summary>
    /// <exception cref="StorageException">Nobody reads it any more, or the disk is full.</exception>
    internal void FlushResult()
    {
        if (_result.Length == 0)
        {
            return;
        }

        // Not the console's own stream: that one takes a broken pipe for a success.
        using MessageOutput output = StandardStreams.OpenOutput();
        output.Stream.Write(Encoding.UTF8.GetBytes(_result.ToString()));
        _result.Clear();
        output.Commit();
    }

    private void Say(string line) => Console.Error.WriteLine($"{_tool}: {line}");
}
