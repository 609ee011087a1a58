using System.Text;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Maps;

/// <summary>Draws a map as lines of characters, with colours if the terminal has them; the characters alone say everything.</summary>
internal sealed class TerminalMap
{
    private const int Rows = 16;
    private const int Indent = 2;
    private const int OffsetWidth = 8;
    private const int NarrowestWithOffsets = 32;

    private readonly Screen _screen;
    private readonly bool _hasOffsets;
    private readonly int _cellsPerRow;

    public TerminalMap(Screen screen)
    {
        _screen = screen;
        _hasOffsets = screen.Columns >= NarrowestWithOffsets;
        _cellsPerRow = Math.Max(1, screen.Columns - (_hasOffsets ? Indent + OffsetWidth + Indent : Indent));
    }

    /// <summary>The largest number of cells.</summary>
    public int MostCells => _cellsPerRow * Rows;

    /// <summary>Draws it.</summary>
    /// <param name="map">The map.</param>
    /// <param name="line">Takes each line.</param>
    public void Draw(BlockMap map, Action<string> line)
    {
        if (map.CellCount == 0)
        {
            line("  no map: 0 bytes");
            return;
        }

        line($"  each character is {CountText.Blocks(map.BlocksPerCell)}, {SizeText.Format(Math.Min(map.CellBytes, map.Size))}");
        for (int first = 0; first < map.CellCount; first += _cellsPerRow)
        {
            string offset = _hasOffsets ? $"{SizeText.Format(first * map.CellBytes),OffsetWidth}  " : string.Empty;
            line($"  {offset}{Cells(map, first, Math.Min(first + _cellsPerRow, map.CellCount))}");
        }

        line(string.Empty);
        string parts = string.Empty;
        foreach (MapKind kind in map.Legend)
        {
            MapLook look = MapLook.Of(kind);
            bool hasPart = HasPart(map, kind);
            StringBuilder signs = new();
            Paint(signs, look, hasPart ? $"{look.Whole}{look.Part}" : $"{look.Whole}");
            line(
                $"  {signs}{(hasPart ? string.Empty : " ")}  {look.Words,-15}  {ShareText.Of(map.Total(kind), map.Size),6}  "
                    + $"{SizeText.Format(map.Total(kind))}");
            parts += hasPart ? $"{look.Part} " : string.Empty;
        }

        if (parts.Length > 0)
        {
            line($"  {parts}in only a part of the blocks");
        }
    }

    private static bool HasPart(BlockMap map, MapKind kind)
    {
        for (int cell = 0; cell < map.CellCount; cell++)
        {
            if (map.Shown(cell, out bool isWhole) == kind && !isWhole)
            {
                return true;
            }
        }

        return false;
    }

    private string Cells(BlockMap map, int first, int end)
    {
        StringBuilder text = new();
        StringBuilder run = new();
        MapKind current = map.Shown(first, out _);
        for (int cell = first; cell < end; cell++)
        {
            MapKind kind = map.Shown(cell, out bool isWhole);
            if (kind != current)
            {
                Paint(text, MapLook.Of(current), run.ToString());
                run.Clear();
                current = kind;
            }

            MapLook look = MapLook.Of(kind);
            run.Append(isWhole ? look.Whole : look.Part);
        }

        Paint(text, MapLook.Of(current), run.ToString());
        return text.ToString();
    }

    private void Paint(StringBuilder text, MapLook look, string signs)
    {
        if (_screen.HasColour)
        {
            text.Append($"\e[{look.Escape}m{signs}\e[0m");
        }
        else
        {
            text.Append(signs);
        }
    }
}
