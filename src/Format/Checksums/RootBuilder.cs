using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>
/// Makes the root, the identity of a target's content (Format.md 10), from its runs in order. The root does not depend on how a run is cut
/// into calls.
/// </summary>
public sealed class RootBuilder : IBlockSink, IDisposable
{
    private const byte DataKind = 1;
    private const byte ZeroKind = 2;

    private readonly RunningHash _hash;
    private readonly int _rootLength;
    private long _first;
    private long _count;
    private byte _kind;

    /// <summary>Begins the root of a target over a coverage that has been clipped to it.</summary>
    public RootBuilder(BlockGeometry geometry, BlockHash hash, BlockCoverage coverage)
    {
        _hash = hash.StartRoot();
        _rootLength = hash.RootLength;
        Span<byte> fields = stackalloc byte[64];
        int length = 0;
        Tag.CopyTo(fields);
        length += Tag.Length;
        BinaryPrimitives.WriteInt64LittleEndian(fields[length..], geometry.Size);
        length += sizeof(long);
        BinaryPrimitives.WriteInt32LittleEndian(fields[length..], geometry.BlockSize);
        length += sizeof(int);
        fields[length++] = (byte)hash.Name.Length;
        length += System.Text.Encoding.ASCII.GetBytes(hash.Name, fields[length..]);
        fields[length++] = coverage.IsWhole ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt64LittleEndian(fields[length..], coverage.Ranges.Length);
        length += sizeof(long);
        _hash.Append(fields[..length]);
        foreach (BlockRun range in coverage.Ranges)
        {
            BinaryPrimitives.WriteInt64LittleEndian(fields, range.First);
            BinaryPrimitives.WriteInt64LittleEndian(fields[sizeof(long)..], range.Count);
            _hash.Append(fields[..(2 * sizeof(long))]);
        }
    }

    private static ReadOnlySpan<byte> Tag => "BinarySync root 1\0"u8;

    /// <summary>Adds data blocks with their hashes.</summary>
    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
    {
        Continue(run, DataKind);
        _hash.Append(hashes);
    }

    /// <summary>Adds blocks of zeros.</summary>
    public void AddZeros(BlockRun run) => Continue(run, ZeroKind);

    /// <summary>The root: 16 or 32 bytes.</summary>
    public byte[] Finish()
    {
        EndRun();
        byte[] root = new byte[_rootLength];
        _hash.Finish(root);
        return root;
    }

    public void Dispose() => _hash.Dispose();

    private void Continue(BlockRun run, byte kind)
    {
        // A run without blocks must not separate the two runs on its sides.
        if (run.Count == 0)
        {
            return;
        }

        // Ranges do not touch, so a run that continues without a gap is inside one range.
        if (kind != _kind || run.First != _first + _count)
        {
            EndRun();
            _kind = kind;
            _first = run.First;
        }

        _count += run.Count;
    }

    private void EndRun()
    {
        if (_count == 0)
        {
            return;
        }

        Span<byte> record = stackalloc byte[1 + (2 * sizeof(long))];
        record[0] = _kind;
        BinaryPrimitives.WriteInt64LittleEndian(record[1..], _first);
        BinaryPrimitives.WriteInt64LittleEndian(record[(1 + sizeof(long))..], _count);
        _hash.Append(record);
        _count = 0;
    }
}
