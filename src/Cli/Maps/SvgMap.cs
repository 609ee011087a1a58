using System.Globalization;
using System.Text;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Maps;

/// <summary>
/// Draws a map as a picture for browsers: one file without scripts and without external content, of a fixed number of cells, the same bytes
/// for the same map. Readable on a light and a dark background. The colours also differ in lightness, and bytes that were not read are
/// hatched.
/// </summary>
internal static class SvgMap
{
    /// <summary>The largest number of cells.</summary>
    public const int MostCells = Columns * Rows;

    private const int Columns = 128;
    private const int Rows = 24;
    private const int Left = 96;
    private const int Top = 88;
    private const int GridWidth = Columns * 7;
    private const int RowHeight = 14;
    private const int LegendRow = 24;
    private const int Width = Left + GridWidth + 48;
    private const int Ticks = 4;

    private const string Style = """
        <style>
        svg { background: #ffffff; }
        text { fill: #1f2328; font: 13px system-ui, sans-serif; }
        .title { font-size: 17px; font-weight: 600; }
        .soft { fill: #59636e; }
        .offset { text-anchor: end; }
        .tick { text-anchor: middle; }
        .number { text-anchor: end; }
        .changed { fill: #d7263d; }
        .copied { fill: #1f5fbf; }
        .zeroed { fill: #5cc8a5; }
        .cut { fill: #f0a830; }
        .same { fill: #d5dbe1; }
        .left { fill: url(#hatch); }
        .hatch { stroke: #8c959f; }
        .frame { fill: none; stroke: #8c959f; }
        @media (prefers-color-scheme: dark) {
        svg { background: #0d1117; }
        text { fill: #e6edf3; }
        .soft { fill: #9198a1; }
        .changed { fill: #ff5c6c; }
        .copied { fill: #3f83f8; }
        .zeroed { fill: #86e3c6; }
        .cut { fill: #f5bd55; }
        .same { fill: #343c46; }
        .hatch, .frame { stroke: #656d76; }
        }
        </style>
        <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 6L6 0"/></pattern></defs>
        """;

    /// <summary>Draws it.</summary>
    /// <param name="map">The map.</param>
    /// <param name="title">The name of the mapped file.</param>
    public static string Draw(BlockMap map, string title)
    {
        title = VisibleText.Of(title);
        int columns = Math.Clamp(map.CellCount, 1, Columns);
        int rows = (map.CellCount + columns - 1) / columns;
        int rowHeight = rows <= 1 ? 3 * RowHeight : RowHeight;
        int bottom = Top + (rows * rowHeight);
        List<MapKind> legend = [.. map.Legend];
        int height = bottom + 48 + (legend.Count * LegendRow) + 8;
        string what = map.CellCount == 0
            ? "0 bytes: nothing to draw"
            : $"{SizeText.Exact(map.Size)} in blocks of {SizeText.Format(map.BlockSize)}; each cell is "
                + $"{CountText.Blocks(map.BlocksPerCell)}, {SizeText.Format(Math.Min(map.CellBytes, map.Size))}";

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" aria-labelledby="title desc">
            <title id="title">{Escaped(title)}</title>
            <desc id="desc">{Escaped(Description(map, what, legend))}</desc>
            {Style}
            <text class="title" x="24" y="32">{Escaped(title)}</text>
            <text class="soft" x="24" y="54">{Escaped(what)}</text>

            """);
        Grid grid = new(map, columns, rowHeight);
        grid.Draw(svg);
        if (rows > 0)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"frame\" x=\"{Left - 1}\" y=\"{Top - 1}\" width=\"{GridWidth + 2}\" "
                    + $"height=\"{(rows * rowHeight) + 2}\"/>\n");
            Scale(svg, map, columns, rows, rowHeight);
        }

        Legend(svg, map, legend, bottom + 32, grid.HasParts);
        return svg.Append("</svg>\n").ToString();
    }

    // The text for a reader who does not see the picture.
    private static string Description(BlockMap map, string what, List<MapKind> legend) => map.CellCount == 0
        ? what
        : string.Join("; ", [what, .. legend.Select(kind => Description(map, kind))]);

    private static string Description(BlockMap map, MapKind kind) =>
        $"{MapLook.Of(kind).Words} {ShareText.Of(map.Total(kind), map.Size)}, {SizeText.Exact(map.Total(kind))}";

    // Above: how far into a row; at the left: where each row begins.
    private static void Scale(StringBuilder svg, BlockMap map, int columns, int rows, int rowHeight)
    {
        int ticks = Math.Min(Ticks, columns);
        for (int tick = 0; tick <= ticks; tick++)
        {
            int column = columns * tick / ticks;
            long bytes = rows == 1 ? Math.Min(column * map.CellBytes, map.Size) : column * map.CellBytes;
            string sign = rows == 1 ? string.Empty : "+";
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"soft tick\" x=\"{Left + (GridWidth * column / columns)}\" "
                    + $"y=\"{Top - 10}\">{sign}{SizeText.Format(bytes)}</text>\n");
        }

        for (int row = 0; row < rows && rows > 1; row++)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"soft offset\" x=\"{Left - 10}\" "
                    + $"y=\"{Top + (row * rowHeight) + rowHeight - 3}\">{SizeText.Format((long)row * columns * map.CellBytes)}</text>\n");
        }
    }

    private static void Legend(StringBuilder svg, BlockMap map, List<MapKind> legend, int top, bool hasParts)
    {
        int y = top;
        foreach (MapKind kind in legend)
        {
            MapLook look = MapLook.Of(kind);
            svg.Append(CultureInfo.InvariantCulture, $"""
                <rect class="{look.Style}" x="{Left}" y="{y}" width="14" height="14"/><rect class="frame" x="{Left}" y="{y}" width="14" height="14"/>
                <text x="{Left + 24}" y="{y + 12}">{look.Words}</text>
                <text class="number" x="{Left + 200}" y="{y + 12}">{Escaped(map.Size == 0 ? "0%" : ShareText.Of(map.Total(kind), map.Size))}</text>
                <text class="soft" x="{Left + 220}" y="{y + 12}">{SizeText.Exact(map.Total(kind))}</text>

                """);
            y += LegendRow;
        }

        if (hasParts)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"soft\" x=\"{Left}\" y=\"{y + 12}\">");
            svg.Append("A cell with several kinds shows a bar of the kind that is rarest in the file.</text>\n");
        }
    }

    // A name may have characters that XML does not allow; each becomes a replacement character.
    private static string Escaped(string text)
    {
        StringBuilder escaped = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                < ' ' or 0x7F or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    // One path for all cells of a kind: neighbours are one rectangle.
    private sealed class Grid(BlockMap map, int columns, int rowHeight)
    {
        private readonly StringBuilder?[] _whole = new StringBuilder?[MapLook.Kinds];
        private readonly StringBuilder?[] _parts = new StringBuilder?[MapLook.Kinds];

        public bool HasParts { get; private set; }

        public void Draw(StringBuilder svg)
        {
            for (int first = 0; first < map.CellCount;)
            {
                first = AddRun(first);
            }

            Write(svg, _whole);
            Write(svg, _parts);
        }

        private static void Write(StringBuilder svg, StringBuilder?[] paths)
        {
            for (int kind = 0; kind < paths.Length; kind++)
            {
                if (paths[kind] is { } path)
                {
                    svg.Append(
                        CultureInfo.InvariantCulture,
                        $"<path class=\"{MapLook.Of((MapKind)kind).Style}\" shape-rendering=\"crispEdges\" d=\"{path}\"/>\n");
                }
            }
        }

        // Returns the first cell behind those of the same row that look the same.
        private int AddRun(int first)
        {
            MapKind shown = map.Shown(first, out bool isWhole);
            MapKind ground = isWhole ? shown : map.Ground(first, shown);
            int end = first + 1;
            while (end < map.CellCount
                && end % columns != 0
                && map.Shown(end, out bool alsoWhole) == shown
                && alsoWhole == isWhole
                && (isWhole || map.Ground(end, shown) == ground))
            {
                end++;
            }

            int x = Left + (GridWidth * (first % columns) / columns);
            int width = Left + (GridWidth * (((end - 1) % columns) + 1) / columns) - x;
            int y = Top + (first / columns * rowHeight);
            Rectangle(_whole, ground, x, y, width, rowHeight);
            if (!isWhole)
            {
                Rectangle(_parts, shown, x, y + (rowHeight / 4), width, rowHeight / 2);
                HasParts = true;
            }

            return end;
        }

        private static void Rectangle(StringBuilder?[] paths, MapKind kind, int x, int y, int width, int height) =>
            (paths[(int)kind] ??= new StringBuilder()).Append(CultureInfo.InvariantCulture, $"M{x} {y}h{width}v{height}h-{width}z");
    }
}
