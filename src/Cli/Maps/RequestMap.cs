using BinarySync.Format;

namespace BinarySync.Cli.Maps;

/// <summary>The map of a data request: the file as it becomes, and behind it the bytes that are cut off.</summary>
internal sealed class RequestMap
{
    private readonly BlockMap _map;
    private readonly MessageHeader _header;
    private readonly BlockGeometry _target;
    private readonly long _cutEnd;

    public RequestMap(OperationsHeader header, MapOutput output)
    {
        _header = header;
        _target = new BlockGeometry(header.TargetSize, header.BlockSize);
        long size = 0;
        foreach (SyncGeometry geometry in header.SyncGeometries)
        {
            size = Math.Max(size, Math.Max(geometry.FinalSize, geometry.Base.Size));
            _cutEnd = geometry.ResizesTarget ? Math.Max(_cutEnd, geometry.Base.Size) : _cutEnd;
        }

        _map = output.Begin(size, header.BlockSize, MapKind.Changed, MapKind.Copied, MapKind.Zeroed, MapKind.Unchanged);
    }

    public void Add(in Operation operation)
    {
        _map.Add(_target, operation.Blocks, operation.New switch
        {
            NewKind.Data => MapKind.Changed,
            NewKind.Zero => MapKind.Zeroed,
            _ => MapKind.Copied,
        });
    }

    public void Complete()
    {
        _map.Add(_target.Size, _cutEnd, MapKind.CutOff);
        _map.Complete(new BlockGeometry(_map.Size, _header.BlockSize), _header.Coverage, MapKind.Unchanged, MapKind.NotCompared);
    }
}
