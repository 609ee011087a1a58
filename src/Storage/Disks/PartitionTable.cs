using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Disks;

/// <summary>
/// The beginning of a disk's partition table, which shows whether the table has changed: the four entries of an MBR, and the header of a
/// GPT, which has a checksum of all its entries. The content of an extended partition of an MBR is not included.
/// </summary>
public sealed class PartitionTable : IEquatable<PartitionTable>
{
    private const int SmallSector = 512;
    private const int LargeSector = 4096;
    private const int HeaderLength = 92;
    private const int Entries = 446;
    private const int EntryLength = 16;
    private const int TypeAt = 4;
    private const int Signature = 510;

    private readonly byte[] _evidence;

    private PartitionTable(byte[] evidence) => _evidence = evidence;

    /// <summary>True if there is no table at all.</summary>
    public bool IsNone => _evidence.Length == 0;

    /// <summary>Reads it.</summary>
    /// <returns>Null if the kernel makes no partitions of this storage, whatever it holds, or if it cannot be read.</returns>
    public static PartitionTable? Of(IReadableStorage disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (!HasPartitions(disk.Name))
        {
            return null;
        }

        byte[] start = new byte[Math.Min(disk.Length, LargeSector + SmallSector)];
        try
        {
            disk.Read(start, 0);
        }
        catch (StorageException failure) when (failure.IsOfMedium)
        {
            return null; // the caller that reads these blocks for their content reports it
        }

        return new PartitionTable([.. Mbr(start), .. Gpt(start, SmallSector), .. Gpt(start, LargeSector)]);
    }

    public bool Equals(PartitionTable? other) => other is not null && _evidence.AsSpan().SequenceEqual(other._evidence);

    public override bool Equals(object? obj) => Equals(obj as PartitionTable);

    public override int GetHashCode() => _evidence.Length;

    // A partition and a mapping have a device number for themselves only. A loop device has partitions only if it was attached that way.
    private static bool HasPartitions(string path)
    {
        if (!Posix.IsSupported || Posix.TryStatus(path, out FileStatus status) != 0 || status.Type != NodeType.BlockDevice
            || new KernelView().DirectoryOf(status.Node) is not { } directory)
        {
            return false;
        }

        BlockDevice device = new(status.Node, directory);
        return int.TryParse(device.Attribute("ext_range"), out int numbers) && numbers > 1 && device.Attribute("loop/partscan") != "0";
    }

    private static ReadOnlySpan<byte> Mbr(ReadOnlySpan<byte> start)
    {
        if (start.Length < SmallSector || start[Signature] != 0x55 || start[Signature + 1] != 0xAA)
        {
            return [];
        }

        // The boot code of a FAT file system has this signature too.
        bool hasType = false;
        for (int entry = Entries; entry < Signature; entry += EntryLength)
        {
            if ((start[entry] & 0x7F) != 0)
            {
                return [];
            }

            hasType |= start[entry + TypeAt] != 0;
        }

        return hasType ? start[Entries..Signature] : [];
    }

    private static ReadOnlySpan<byte> Gpt(ReadOnlySpan<byte> start, int sector) =>
        start.Length >= sector + HeaderLength && start[sector..].StartsWith("EFI PART"u8) ? start.Slice(sector, HeaderLength) : [];
}
