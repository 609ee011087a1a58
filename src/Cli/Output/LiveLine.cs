using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Output;

/// <summary>
/// A line of a terminal that is redrawn again and again, and leaves nothing behind. The cursor stays visible and at the beginning of the
/// line. So a program that is killed leaves the terminal as it should be. If the window becomes narrower and breaks the line in two, both
/// pieces lie behind the cursor. Not safe from several threads.
/// </summary>
/// <param name="hasEscapes">The terminal can erase; else blanks overwrite the old text.</param>
internal sealed class LiveLine(bool hasEscapes)
{
    private const int UsualColumns = 80;
    private const string EraseToEndOfLine = "\e[K";
    private const string EraseToEndOfScreen = "\e[J";

    private string _text = string.Empty;
    private int _columns;

    /// <summary>Characters in a line now.</summary>
    public static int Columns => StandardError.Columns is > 0 and var columns ? columns : UsualColumns;

    /// <summary>Draws the line.</summary>
    /// <param name="text">Shorter than the line; escapes for colours are not counted.</param>
    /// <param name="columns">Characters that the line has now.</param>
    public void Show(string text, int columns)
    {
        if (text == _text && columns == _columns)
        {
            return;
        }

        // A window that became narrower may have broken the line. If it did not, the lines below are left alone.
        Terminal.Write(hasEscapes
            ? (columns < _columns ? "\r" + EraseToEndOfScreen : "\r") + text + EraseToEndOfLine + "\r"
            : "\r" + text.PadRight(Math.Min(_text.Length, columns - 1)) + "\r");
        _text = text;
        _columns = columns;
    }

    /// <summary>Erases the line: the next output takes its place.</summary>
    public void Clear()
    {
        if (_text.Length > 0)
        {
            int columns = Columns;
            Terminal.Write(hasEscapes
                ? columns < _columns ? "\r" + EraseToEndOfScreen : "\r" + EraseToEndOfLine
                : "\r" + new string(' ', Math.Min(_text.Length, columns - 1)) + "\r");
            _text = string.Empty;
        }
    }
}
