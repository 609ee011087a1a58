using System.Text;
using BinarySync.Storage;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Output;

/// <summary>
/// Everything that a program says: the result on standard output, all else on standard error, each line behind the program's name, lower
/// case and without a full stop. The names in it are made visible here, so that no caller has to think of it.
/// </summary>
public sealed class Terminal
{
    private readonly string _tool;
    private readonly StringBuilder _result = new();
    private readonly object _screen = new();
    private MessageOutput? _output;
    private LiveLine? _line;

    internal Terminal(string tool) => _tool = tool;

    /// <summary>Only errors are said.</summary>
    internal bool IsQuiet { get; set; }

    /// <summary>Details are said too.</summary>
    internal bool IsVerbose { get; set; }

    /// <summary>True if a message goes to standard output: what people read goes to standard error then.</summary>
    internal bool OutputIsMessage { get; set; }

    /// <summary>What is said of progress before there is any, and after.</summary>
    internal const string NothingBegun = "no data is being processed at the moment";

    /// <summary>Says how far it is; null if nothing is under way.</summary>
    internal Action? OnProgressAsked { get; set; }

    /// <summary>Answers who asks by a signal how far it is. Also where nothing else is said: somebody wants to know it now.</summary>
    internal void AnswerProgress() => (OnProgressAsked ?? (() => Progress(NothingBegun)))();

    /// <summary>Says what could not be done.</summary>
    internal void Error(string message) => Say($"error: {message}");

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

    /// <summary>
    /// Characters of a line, if standard output is a terminal; else 0. Not the console's own: that takes over the terminal's settings,
    /// and leaves its keypad in another mode.
    /// </summary>
    internal static int ResultColumns => StandardError.IsKnown ? StandardError.ColumnsOf(StandardError.OutputDescriptor) : 0;

    /// <summary>The program's name.</summary>
    internal string Tool => _tool;

    /// <summary>A line for scripts, on standard error, with nothing before it.</summary>
    internal void Object(string json) => WriteLine(json);

    /// <summary>Draws how far it is on the line that is drawn again and again.</summary>
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

    /// <summary>Takes that line away.</summary>
    internal void ClearLine()
    {
        lock (_screen)
        {
            _line?.Clear();
        }
    }

    /// <summary>Takes that line away if nobody is writing: for a process that is about to be ended by a signal.</summary>
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

    /// <summary>A line of the result. Long results are written out on the way.</summary>
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

    // What is said may be lost (a full disk, a terminal that was closed); it never decides what happens to the user's data, nor what
    // standard output gets.
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

    // By itself, so that where it is not needed the runtime's console need not be loaded, which takes time and descriptors.
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
