using BinarySync.Format;

namespace BinarySync.Cli.Maps;

/// <summary>The content of a target as its checksum file describes it.</summary>
internal sealed class ChecksumMap(ChecksumFileHeader header, MapOutput output)
{
    private readonly BlockMap _map = output.Begin(header.Size, header.BlockSize, MapKind.Data, MapKind.Zeros);

    public void Add(in ChecksumRun run) => _map.Add(header.Geometry, run.Blocks, run.IsZero ? MapKind.Zeros : MapKind.Data);

    // All covered blocks have been added.
    public void Complete() => _map.Complete(header.Geometry, header.Coverage, MapKind.Data, MapKind.NotCovered);
}
