using System.Globalization;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>One line of /proc/self/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">What statx calls the mount id.</param>
/// <param name="Device">st_dev of the files on it. Not the device's own number on btrfs: see <paramref name="Source"/>.</param>
/// <param name="Source">The mounted device node, or a word of the file system.</param>
/// <param name="IsWritable">The file system is mounted read-write, though this mount of it may be read-only.</param>
internal sealed record MountEntry(ulong Id, DeviceNumber Device, string MountPoint, string Source, bool IsWritable)
{
    /// <summary>Lines that are not understood are left out.</summary>
    public static IReadOnlyList<MountEntry> ParseAll(string text)
    {
        List<MountEntry> entries = [];
        foreach (string line in text.Split('\n'))
        {
            if (Parse(line) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static MountEntry? Parse(string line)
    {
        // 36 35 98:0 /root /mount/point rw,noatime optional:1 fields:2 - ext4 /dev/source rw,errors=continue
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int separator = Array.IndexOf(fields, "-", 0);
        if (separator < 6
            || fields.Length < separator + 4
            || !ulong.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id)
            || !DeviceNumber.TryParse(fields[2], out DeviceNumber device))
        {
            return null;
        }

        bool writable = Array.IndexOf(fields[separator + 3].Split(','), "rw") >= 0;
        return new MountEntry(id, device, OctalEscapes.Decode(fields[4]), OctalEscapes.Decode(fields[separator + 2]), writable);
    }
}
