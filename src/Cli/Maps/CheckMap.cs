using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;

namespace BinarySync.Cli.Maps;

/// <summary>The places at which a target differs from its checksum file; it has the size of the longer of the two.</summary>
internal sealed class CheckMap
{
    private readonly BlockMap _map;

    // A device may be longer than its compared part, whose last block then is a short one.
    private readonly BlockGeometry _compared;

    public CheckMap(IReadableStorage target, ChecksumFileHeader header, MapOutput output)
    {
        long expected = header.Size;
        long all = Math.Max(target.Length, expected);
        _compared = new BlockGeometry(target.HasFixedLength ? expected : all, header.BlockSize);
        _map = output.Begin(all, header.BlockSize, MapKind.Differs, MapKind.Equal);
    }

    public void Add(BlockRun run) => _map.Add(_compared, run, MapKind.Differs);

    public void Complete(CheckResult check) => _map.Complete(_compared, check.Coverage, MapKind.Equal, MapKind.NotCompared);
}
