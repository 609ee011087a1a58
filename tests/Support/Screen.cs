using System.Text;

namespace BinarySync.Tests.Support;

/// <summary>What a terminal shows of what was written to it: as much of a terminal as the programs use, with lines that wrap.</summary>
public sealed class Screen
{
    private readonly List<StringBuilder> _rows = [new()];
    private readonly int _columns;
    private int _row;
    private int _column;

    public Screen(string output, int columns)
    {
        _columns = columns;
        for (int i = 0; i < output.Length; i++)
        {
            i = output[i] == '\e' ? Escape(output, i) : Plain(output[i], i);
        }
    }

    /// <summary>The lines, but for empty ones at the end.</summary>
    public string Text => string.Join('\n', _rows.Select(row => row.ToString().TrimEnd())).TrimEnd('\n');

    private int Plain(char character, int at)
    {
        switch (character)
        {
            case '\r':
                _column = 0;
                break;
            case '\n':
                Down();
                break;
            default:
                if (_column == _columns)
                {
                    _column = 0;
                    Down();
                }

                StringBuilder row = _rows[_row];
                row.Append(' ', Math.Max(0, _column + 1 - row.Length));
                row[_column++] = character;
                break;
        }

        return at;
    }

    // ESC [ figures letter.
    private int Escape(string output, int at)
    {
        int end = at + 2;
        while (char.IsAsciiDigit(output[end]) || output[end] is ';' or '?')
        {
            end++;
        }

        switch (output[at..(end + 1)])
        {
            case "\e[K":
                Erase();
                break;
            case "\e[J":
                Erase();
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case var colour when colour.EndsWith('m'):
                break;
            case var other:
                throw new NotSupportedException($"no program here writes {other.Replace("\e", "ESC ", StringComparison.Ordinal)}");
        }

        return end;
    }

    private void Erase() => _rows[_row].Length = Math.Min(_rows[_row].Length, _column);

    private void Down()
    {
        _row++;
        if (_row == _rows.Count)
        {
            _rows.Add(new StringBuilder());
        }
    }
}
