using System.Text;
using BinarySync.Storage;

namespace BinarySync.Cli.Maps;

/// <summary>The destination of a map: the terminal, or a picture that appears when it is complete.</summary>
internal sealed class MapOutput : IDisposable
{
    private readonly MessageOutput? _file;
    private readonly TerminalMap? _terminal;
    private BlockMap? _map;

    /// <summary>Begins a map.</summary>
    /// <param name="file">The picture; null for the terminal.</param>
    public MapOutput(MessageOutput? file)
    {
        _file = file;
        _terminal = file is null ? new TerminalMap(Screen.OfOutput()) : null;
    }

    /// <summary>The picture's path; null for the terminal.</summary>
    public string? Path => _file?.Name;

    /// <summary>Begins it, now that the size is known: see <see cref="BlockMap"/>.</summary>
    public BlockMap Begin(long size, int blockSize, params MapKind[] listed) =>
        _map = new BlockMap(size, blockSize, _terminal?.MostCells ?? SvgMap.MostCells, listed);

    /// <summary>Draws the filled map.</summary>
    /// <param name="title">The name of the mapped file.</param>
    /// <param name="line">Takes each line for the terminal.</param>
    /// <exception cref="StorageException">The picture cannot be written.</exception>
    public void Draw(string title, Action<string> line)
    {
        BlockMap map = _map!;
        if (_file is null)
        {
            line(string.Empty);
            _terminal!.Draw(map, line);
            return;
        }

        _file.Stream.Write(Encoding.UTF8.GetBytes(SvgMap.Draw(map, title)));
        _file.Commit();
    }

    public void Dispose() => _file?.Dispose();
}
