using System.Text;
using BinarySync.Storage;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Output;

/// <summary>
/// All output of a program: the result on standard output, all else on standard error, each line behind the program's name, in lower case
/// and without a full stop. Names are made visible here, so that no caller has to think of it.
/// </summary>
public sealed class Terminal
{
    private readonly string _tool;
    private readonly StringBuilder _result = new();
    private readonly object _screen = new();
    private MessageOutput? _output;
    private LiveLine? _line;

    internal Terminal(string tool) => _tool = tool;

    /// <summary>Only errors are printed.</summary>
    internal bool IsQuiet { get; set; }

    /// <summary>Details are printed too.</summary>
    internal bool IsVerbose { get; set; }

    /// <summary>True if a message goes to standard output: then the lines for people go to standard error.</summary>
    internal bool OutputIsMessage { get; set; }

    /// <summary>The answer about progress before there is any, and after.</summary>
    internal const string NothingBegun = "no data is being processed at the moment";

    /// <summary>Prints the progress; null if nothing is under way.</summary>
    internal Action? OnProgressAsked { get; set; }

    /// <summary>Answers a signal that asks for the progress. Also if nothing else is printed: somebody wants to know it now.</summary>
    internal void AnswerProgress() => (OnProgressAsked ?? (() => Progress(NothingBegun)))();

    /// <summary>Prints what could not be done.</summary>
    internal void Error(string message) => Say($"error: {message}");

    /// <summary>Prints what to do next, after an error.</summary>
    internal void Hint(string message) => Say($"hint: {message}");

    /// <summary>Prints what the user should check, although the program continues.</summary>
    internal void Warn(string message)
    {
        if (!IsQuiet)
        {
            Say($"warning: {message}");
        }
    }

    /// <summary>Prints what the user might not expect.</summary>
    internal void Note(string message)
    {
        if (!IsQuiet)
        {
            Say($"note: {message}");
        }
    }

    /// <summary>Prints a detail, for users who asked for it.</summary>
    internal void Detail(string message)
    {
        if (IsVerbose && !IsQuiet)
        {
            Say(message);
        }
    }

    /// <summary>Prints a line of progress.</summary>
    internal void Progress(string message) => Say(message);

    /// <summary>
    /// Characters of a line, if standard output is a terminal; else 0. Not the console's own: that takes over the terminal's settings,
    /// and leaves its keypad in another mode.
    /// </summary>
    internal static int ResultColumns => StandardError.IsKnown ? StandardError.ColumnsOf(StandardError.OutputDescriptor) : 0;

    /// <summary>The program's name.</summary>
    internal string Tool => _tool;

    /// <summary>A line for scripts, on standard error, with nothing before it.</summary>
    internal void Object(string json) => WriteLine(json);

    /// <summary>Draws the progress on the line that is redrawn again and again.</summary>
    /// <param name="hasEscapes">The terminal understands more than carriage returns.</param>
    /// <param name="text">Makes the line for a number of columns.</param>
    internal void ShowLine(bool hasEscapes, Func<int, string> text)
    {
        lock (_screen)
        {
            _line ??= new LiveLine(hasEscapes);
            int columns = LiveLine.Columns;
            _line.Show(text(columns), columns);
        }
    }

    /// <summary>Erases that line.</summary>
    internal void ClearLine()
    {
        lock (_screen)
        {
            _line?.Clear();
        }
    }

    /// <summary>Erases that line if no thread is writing: for a process that a signal is about to end.</summary>
    internal void TryClearLine()
    {
        if (Monitor.TryEnter(_screen))
        {
            _line?.Clear();
            Monitor.Exit(_screen);
        }
    }

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

    /// <summary>A line of the result. Long results are written out as they grow.</summary>
    internal void Result(string line) => OwnLine(VisibleText.Of(line));

    /// <summary>A line of the result, or several, in which every character is the program's own: it may have colours.</summary>
    internal void OwnLine(string line) => ResultText(line + "\n");

    /// <summary>A piece of the result, as it is.</summary>
    internal void ResultText(string text)
    {
        const int FlushAt = 64 << 10;
        _result.Append(text);
        if (_result.Length > FlushAt)
        {
            WriteResult();
        }
    }

    /// <summary>Writes out the result.</summary>
    /// <exception cref="StorageException">Nobody reads it any more, or the disk is full.</exception>
    internal void FlushResult()
    {
        WriteResult();
        _output?.Commit();
        _output?.Dispose();
        _output = null;
    }

    // Not the console's own stream: that one takes a broken pipe for a success.
    private void WriteResult()
    {
        if (_result.Length > 0)
        {
            // Both may be one terminal.
            ClearLine();
            _output ??= StandardStreams.OpenOutput();
            _output.Stream.Write(Encoding.UTF8.GetBytes(_result.ToString()));
            _result.Clear();
        }
    }

    private void Say(string line) => WriteLine($"{_tool}: {VisibleText.Of(line)}");

    // A line may be lost (a full disk, a terminal that was closed). That never decides what happens to the user's data, nor what standard
    // output gets.
    private void WriteLine(string line)
    {
        lock (_screen)
        {
            _line?.Clear();
            _ = Write(line + "\n");
        }
    }

    /// <summary>Writes to standard error as it is; false if that failed.</summary>
    internal static bool Write(string text)
    {
        if (StandardError.IsKnown)
        {
            return StandardError.TryWrite(Encoding.UTF8.GetBytes(text));
        }

        return WriteElsewhere(text);
    }

    // In a method of its own, so that the runtime's console is not loaded if it is not needed: that takes time and descriptors.
    private static bool WriteElsewhere(string text)
    {
        try
        {
            Console.Error.Write(text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
