using BinarySync.Storage.Disks;
using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

/// <summary>Targets that something uses are refused, and the message names it.</summary>
public sealed class TargetGuardTests : IDisposable
{
    private const long Size = 32 << 20;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mounted_device_is_refused_by_its_mount_point(bool readOnly)
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        using (Mount.Ext4(device, _directory["mount point"]))
        {
            Refused(device.Path, "mounted on " + _directory["mount point"], readOnly: readOnly);
            Assert.Equal([_directory["mount point"]], DeviceUsage.WritableMounts(device.Path));
        }

        Assert.Empty(DeviceUsage.WritableMounts(device.Path));
        Targets.DemandFree(device.Path, readOnly);
    }

    [PartitionFact]
    public void A_mounted_partition_keeps_its_disk_busy_and_leaves_its_sister_alone()
    {
        using LoopDevice disk = new(_directory.Sparse("image", Size), "--partscan");
        (string first, string second) = (disk.Path + "p1", disk.Path + "p2");
        Command.Demand("addpart", disk.Path, "1", "2048", "40960");
        Command.Demand("addpart", disk.Path, "2", "43008", "2048");
        Command.Demand("mkfs.ext4", "-q", "-F", first);
        using (Mount mount = Mount.Of(_directory["mounted"], first))
        {
            Refused(disk.Path, $"{first} is mounted on {mount.Point}");
            Refused(first, $"{first}: in use: mounted on {mount.Point}");
            string message = Path.Combine(mount.Point, "update.dtf");
            Refused(disk.Path, "is on the device that would be patched", messages: message);
            Targets.DemandFree(second, messages: message);
            Assert.Equal([mount.Point], DeviceUsage.WritableMounts(disk.Path));
        }

        Targets.DemandFree(disk.Path);
        Refused(disk.Path, "is the target itself", messages: first);
        Refused(first, "is the target itself", messages: disk.Path);
        Targets.DemandFree(second, messages: first);
    }

    [SwapFact]
    public void Swap_is_refused()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        Command.Demand("mkswap", device.Path);
        Command.Demand("swapon", device.Path);
        try
        {
            Refused(device.Path, "used as swap");
        }
        finally
        {
            Command.Demand("swapoff", device.Path);
        }
    }

    [SwapFact]
    public void A_swap_file_is_refused()
    {
        string path = _directory.File("swap", 1 << 20);
        Command.Demand("chmod", "600", path);
        Command.Demand("mkswap", path);
        Command.Demand("swapon", path);
        try
        {
            Refused(path, "used as swap");
        }
        finally
        {
            Command.Demand("swapoff", path);
        }
    }

    [RootFact]
    public void A_file_under_a_loop_device_is_refused_under_any_of_its_names()
    {
        string image = _directory.Sparse("image", Size);
        Command.Demand("ln", image, _directory["other"]);
        using LoopDevice device = new(image);

        Refused(image, device.Path + " is a loop device over it");
        Refused(_directory["other"], device.Path + " is a loop device over it");
        Refused(image, device.Path + " is a loop device over it", readOnly: true);

        // Its name is gone, the file is not; and a new file under the old name is another one.
        File.Delete(image);
        Refused(_directory["other"], device.Path + " is a loop device over it");
        Targets.DemandFree(_directory.File("image", 10));
    }

    [RootFact]
    public void A_device_under_a_loop_device_is_refused()
    {
        using LoopDevice below = new(_directory.Sparse("image", Size));
        using LoopDevice above = new(below.Path);

        Refused(below.Path, above.Path + " is a loop device over it");
        Targets.DemandFree(above.Path);
    }

    [RootFact]
    public void The_mount_of_a_loop_device_is_told_of_the_file_below()
    {
        string image = _directory.Sparse("image", Size);
        using LoopDevice device = new(image);
        using Mount mount = Mount.Ext4(device, _directory["mounted"]);

        Assert.Equal([mount.Point], DeviceUsage.WritableMounts(image));
        Refused(image, "mounted on " + mount.Point);
    }

    [RootFact]
    public void A_read_only_mount_is_no_writable_one_and_still_refused()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        using Mount mount = Mount.Ext4(device, _directory["mounted"], "-o", "ro");

        Assert.Empty(DeviceUsage.WritableMounts(device.Path));
        Refused(device.Path, "mounted on");
    }

    [RootFact("dmsetup", "/sys/class/misc/device-mapper")]
    public void A_held_device_is_refused_by_its_holder()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        string name = $"binarysync-test-{Environment.ProcessId}";
        Command.Demand("dmsetup", "create", name, "--table", $"0 {Size / 512} linear {device.Path} 0");
        try
        {
            Refused(device.Path, "held by /dev/mapper/" + name);
        }
        finally
        {
            Command.Demand("dmsetup", "remove", name);
        }
    }

    [RootFact]
    public void A_message_on_the_device_is_refused_by_name_before_anything_else()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        using Mount mount = Mount.Ext4(device, _directory["mounted"]);
        string message = Path.Combine(mount.Point, "update.dtf");
        File.WriteAllText(message, "content");

        Refused(device.Path, message + " is on the device that would be patched", messages: message);
        Refused(device.Path, "is on the device that would be patched", messages: Path.Combine(mount.Point, "to-be-made"));
    }

    [RootFact]
    public void What_is_still_to_be_made_on_the_device_is_refused_however_many_directories_are_missing()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        using Mount mount = Mount.Ext4(device, _directory["mounted"]);
        Directory.CreateDirectory(Path.Combine(mount.Point, "journals"));
        File.CreateSymbolicLink(_directory["link"], mount.Point);

        foreach (string name in
            new[] { "mounted/undo.dtf", "mounted/journals/a.journal", "mounted/state/binarysync/a.journal", "link/state/a.journal" })
        {
            Refused(device.Path, _directory[name] + " is on the device that would be patched", messages: _directory[name]);
        }
    }

    [RootFact]
    public void The_same_holds_for_the_file_below_a_loop_device()
    {
        string image = _directory.Sparse("image", Size);
        using LoopDevice device = new(image);
        using Mount mount = Mount.Ext4(device, _directory["mounted"]);

        foreach (string name in new[] { "undo.dtf", "state/binarysync/a.journal" })
        {
            string message = Path.Combine(mount.Point, name);
            Refused(image, message + " is on the file that would be patched", messages: message);
        }

        // Beside the file is not on it.
        string beside = image + ".binarysync-journal";
        StorageException error = Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(image, [beside]));
        Assert.DoesNotContain(beside, error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_journal_of_a_device_that_nothing_uses_may_lie_where_no_directory_is_yet()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        StorageAccess.OpenTarget(device.Path, [_directory["state/binarysync/a.journal"], "not-made-yet"]).Dispose();
    }

    [RootFact]
    public void The_device_as_a_message_and_the_file_below_it_are_refused()
    {
        string image = _directory.Sparse("image", Size);
        using LoopDevice device = new(image);

        Refused(device.Path, "is the target itself", messages: device.Path);
        Refused(device.Path, "this loop device is on top of", messages: image);
        StorageAccess.OpenTarget(device.Path, [_directory.File("update.dtf", 10)]).Dispose();
    }

    [RootFact]
    public void A_loop_device_that_was_attached_after_its_file_was_opened_is_no_second_target()
    {
        string image = _directory.Sparse("image", Size);
        using IWritableStorage first = StorageAccess.OpenTarget(image, []);
        using LoopDevice device = new(image);

        Refused(device.Path, $"{image}, which is below {device.Path}, is locked by another process");
        Refused(device.Path, "is locked by another process", readOnly: true);
        using LoopDevice above = new(device.Path);
        Refused(above.Path, "is locked by another process");
    }

    [RootFact]
    public void Two_loop_devices_over_the_same_bytes_are_one_target()
    {
        string image = _directory.Sparse("image", Size);
        using LoopDevice one = new(image);
        using LoopDevice other = new(image, "--offset", "1048576");
        using (StorageAccess.OpenTarget(one.Path, []))
        {
            Refused(other.Path, "is locked by another process");
        }

        using (Mount mount = Mount.Ext4(one, _directory["mounted"]))
        {
            Refused(other.Path, $"{one.Path}, a loop device over the same content, is mounted on {mount.Point}");
        }

        Targets.DemandFree(other.Path);
    }

    [RootFact]
    public void Two_loop_devices_over_different_bytes_of_one_file_are_two_targets()
    {
        string image = _directory.Sparse("image", Size);
        using LoopDevice one = new(image, "--sizelimit", "1048576");
        using LoopDevice other = new(image, "--offset", "1048576");
        using IWritableStorage first = StorageAccess.OpenTarget(one.Path, []);
        using IWritableStorage second = StorageAccess.OpenTarget(other.Path, []);
        Refused(image, "is a loop device over it");
    }

    [RootFact]
    public void A_loop_device_over_a_device_that_is_being_patched_is_no_second_target()
    {
        using LoopDevice below = new(_directory.Sparse("image", Size));
        using IWritableStorage first = StorageAccess.OpenTarget(below.Path, []);
        using LoopDevice above = new(below.Path);

        Refused(above.Path, $"{below.Path}, which is below {above.Path}, is mounted, held, or opened exclusively by another process");
    }

    [PartitionFact]
    public void A_partition_of_a_loop_device_is_no_second_target_while_the_file_or_the_whole_is_patched()
    {
        string image = _directory.Sparse("image", Size);
        using IWritableStorage file = StorageAccess.OpenTarget(image, []);
        using LoopDevice disk = new(image, "--partscan");
        Command.Demand("addpart", disk.Path, "1", "2048", "2048");
        Command.Demand("addpart", disk.Path, "2", "8192", "2048");
        (string first, string second) = (disk.Path + "p1", disk.Path + "p2");
        Refused(first, "is locked by another process");
        file.Dispose();
        using (Targets.Again(first))
        {
            Refused(disk.Path, "opened exclusively by another process");
            Targets.DemandFree(second);
        }

        using IWritableStorage whole = Targets.Again(disk.Path);
        Refused(first, "opened exclusively by another process");
    }

    [LinuxFact]
    public void The_process_that_holds_the_lock_is_named()
    {
        string image = _directory.Sparse("image", Size);
        using IWritableStorage first = StorageAccess.OpenTarget(image, []);
        string name = File.ReadAllText("/proc/self/comm").TrimEnd('\n');

        Refused(image, $"locked by another process ({name}, process {Environment.ProcessId})");
        Refused(image, $"locked by another process ({name}, process {Environment.ProcessId})", readOnly: true);

        // A lock of flock(2), which this is, keeps nobody off, and is not taken for it.
        first.Dispose();
        using FileStream file = File.Open(image, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(0, Posix.TryStatus(image, out FileStatus status));
        Assert.Equal(string.Empty, LockHolder.Of(new KernelView(), status));
    }

    [RootFact]
    public void The_lock_goes_with_the_target()
    {
        string image = _directory.Sparse("image", Size);
        using (LoopDevice device = new(image))
        {
            Targets.DemandFree(device.Path);
            Targets.DemandFree(device.Path, readOnly: true);
        }

        Targets.DemandFree(image);
    }

    private static void Refused(string path, string words, bool readOnly = false, params string[] messages)
    {
        StorageException error = Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(path, messages, readOnly));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
