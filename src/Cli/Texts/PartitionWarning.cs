using BinarySync.Cli.Output;
using BinarySync.Storage;
using BinarySync.Storage.Disks;

namespace BinarySync.Cli.Texts;

/// <summary>Warns if a disk has another partition table after it was patched: the kernel continues with the one that it has read.</summary>
internal sealed class PartitionWarning
{
    private readonly IReadableStorage _disk;
    private readonly PartitionTable? _before;

    /// <summary>Reads the table before the patch.</summary>
    /// <param name="target">Stays open as long as this is used.</param>
    public PartitionWarning(IReadableStorage target)
    {
        _disk = target;
        _before = PartitionTable.Of(target);
    }

    /// <summary>Reads the table again, and prints the warning.</summary>
    /// <param name="terminal">Takes the warning.</param>
    /// <param name="goesOn">True: an earlier run may have written the table already.</param>
    public void Say(Terminal terminal, bool goesOn)
    {
        if (_before is null || PartitionTable.Of(_disk) is not { } after)
        {
            return;
        }

        bool changed = !after.Equals(_before);
        if (changed || (goesOn && !after.IsNone))
        {
            terminal.Warn(
                $"the partition table of {_disk.Name} {(changed ? "has" : "may have")} changed: the kernel uses the old one until "
                    + $"{ShellText.Line(["blockdev", "--rereadpt", _disk.Name])}");
        }
    }
}
