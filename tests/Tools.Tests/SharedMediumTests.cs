using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Tools.Tests;

/// <summary>One medium under several names, each with a page cache of its own.</summary>
public sealed class SharedMediumTests : IDisposable
{
    private const int Sector = 512;
    private const int Size = 16 << 20;
    private const int PartitionStart = 1 << 20;

    private readonly Workspace _work = new();
    private readonly byte[] _content = Bytes.Pattern(Size);

    public SharedMediumTests() => _work.Write("disk", _content);

    public void Dispose() => _work.Dispose();

    [PartitionFact]
    public void A_disk_that_somebody_holds_open_is_read_as_its_partition_has_changed_it()
    {
        using LoopDevice disk = new(_work["disk"]);
        using SafeFileHandle held = Hold(disk.Path);
        using Partition partition = new(disk.Path);
        Change(partition.Path, 0, Bytes.Pattern(1 << 20, seed: 5), flush: true);

        _work.Line($"ckfile {disk.Path} -o disk.ckf -q").Succeeds();
        Demand("disk.ckf", _content);
    }

    [PartitionFact]
    public void What_is_written_to_a_partition_and_not_flushed_is_read_too()
    {
        using LoopDevice disk = new(_work["disk"]);
        using SafeFileHandle held = Hold(disk.Path);
        using Partition partition = new(disk.Path);

        // Open while it is read: the kernel flushes a device when the last one closes it.
        using FileStream writer = new(partition.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        byte[] change = Bytes.Pattern(1 << 20, seed: 6);
        writer.Write(change);
        change.CopyTo(_content, PartitionStart);

        _work.Line($"ckfile {disk.Path} -o disk.ckf -q").Succeeds();
        Demand("disk.ckf", _content);
    }

    [PartitionFact]
    public void A_partition_that_somebody_holds_open_is_read_as_the_disk_has_changed_it()
    {
        using LoopDevice disk = new(_work["disk"]);
        using Partition partition = new(disk.Path);
        using SafeFileHandle held = Hold(partition.Path);
        Change(disk.Path, PartitionStart, Bytes.Pattern(1 << 20, seed: 7), flush: true);

        _work.Line($"ckfile {partition.Path} -o partition.ckf -q").Succeeds();
        Demand("partition.ckf", _content[PartitionStart..(PartitionStart + Partition.Length)]);
    }

    [RootFact]
    public void A_loop_device_is_read_as_its_file_is_and_the_file_as_its_loop_devices_have_changed_it()
    {
        using LoopDevice one = new(_work["disk"]);
        using LoopDevice other = new(_work["disk"]);
        using SafeFileHandle held = Hold(one.Path);
        Change(_work["disk"], 4096, Bytes.Pattern(1 << 20, seed: 8), flush: false);
        _work.Line($"ckfile {one.Path} -o one.ckf -q").Succeeds();
        Demand("one.ckf", _content);

        using FileStream writer = new(other.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        writer.Write(Bytes.Pattern(1 << 20, seed: 9));
        Bytes.Pattern(1 << 20, seed: 9).CopyTo(_content, 0);
        _work.Line("ckfile disk -o file.ckf -q").Succeeds();
        Demand("file.ckf", _content);
        _work.Line($"ckfile {one.Path} -o again.ckf -q").Succeeds();
        Demand("again.ckf", _content);
    }

    [PartitionFact]
    public void Pages_that_another_process_has_mapped_are_not_believed()
    {
        using LoopDevice disk = new(_work["disk"]);
        using IDisposable mapped = Map(disk.Path);
        using Partition partition = new(disk.Path);
        Change(partition.Path, 0, Bytes.Pattern(1 << 20, seed: 5), flush: true);

        _work.Line($"ckfile {disk.Path} -o disk.ckf -q").Succeeds();
        Demand("disk.ckf", _content);
    }

    [PartitionTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_neighbour_in_the_page_is_not_written_back_from_an_old_cache(bool isMapped)
    {
        const int Patched = 11_048;
        using LoopDevice disk = new(_work["disk"]);
        using Partition partition = new(disk.Path);
        using IDisposable held = isMapped ? Map(disk.Path) : Hold(disk.Path);
        Change(partition.Path, ((Patched + 1) * Sector) - PartitionStart, Bytes.Pattern(Sector, seed: 11), flush: true);

        _work.Write("a", _content);
        _work.Line("ckfile a -b 512 -o a.ckf -q").Succeeds();
        Bytes.Pattern(Sector, seed: 10).CopyTo(_content, Patched * Sector);
        _work.Write("b", _content);
        _work.Line("dtfile b --remote a.ckf -o ab.dtf").Ends(0);
        _work.Line($"dtfile apply ab.dtf {disk.Path} --journal .").Ends(0);
        Assert.Equal(_content, Direct(disk.Path));
    }

    [PartitionFact]
    public void Readers_of_the_other_names_see_what_apply_wrote()
    {
        _work.Write("a", _content);
        using LoopDevice disk = new(_work["disk"]);
        using LoopDevice sibling = new(_work["disk"]);
        using Partition partition = new(disk.Path);
        using SafeFileHandle one = Hold(partition.Path);
        using SafeFileHandle two = Hold(sibling.Path);
        byte[] b = [.. _content];
        Bytes.Pattern(1 << 20, seed: 12).CopyTo(b, 2 << 20);
        _work.Write("b", b);
        _work.Line("ckfile a -o a.ckf -q").Succeeds();
        _work.Line("dtfile b --remote a.ckf -o ab.dtf").Ends(0);
        _work.Line($"dtfile apply ab.dtf {disk.Path} --journal .").Ends(0);

        Assert.Equal(b[PartitionStart..(PartitionStart + Partition.Length)], Read(one, Partition.Length));
        Assert.Equal(b, Read(two, Size));
    }

    private static byte[] Read(SafeFileHandle file, int length)
    {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length)
        {
            done += RandomAccess.Read(file, bytes.AsSpan(done), done);
        }

        return bytes;
    }

    /// <summary>As a monitor or a virtual machine does: opens it, reads it all, and keeps it open.</summary>
    private static SafeFileHandle Hold(string path)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        _ = Read(file, path.Contains("p1", StringComparison.Ordinal) ? Partition.Length : Size);
        return file;
    }

    /// <summary>As a program that looks into a device through memory: its pages cannot be dropped.</summary>
    private static MappedDevice Map(string path)
    {
        const string Script =
            "import mmap, sys; f = open(sys.argv[1], 'rb'); m = mmap.mmap(f.fileno(), int(sys.argv[2]), prot=mmap.PROT_READ); "
                + "sum(m[::512]); print('mapped', flush=True); sys.stdin.read()";
        return new MappedDevice(Command.Start("python3", "-c", Script, path, $"{Size}"));
    }

    private byte[] Direct(string device)
    {
        Command.Demand("dd", $"if={device}", "iflag=direct", "bs=1M", $"of={_work["truth"]}", "status=none");
        return _work.Read("truth");
    }

    private void Change(string path, long offset, byte[] bytes, bool flush)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Position = offset;
        file.Write(bytes);
        file.Flush(flush);
        if (!path.EndsWith("/b", StringComparison.Ordinal))
        {
            bytes.CopyTo(_content, offset + (path.EndsWith("p1", StringComparison.Ordinal) ? PartitionStart : 0));
        }
    }

    private void Demand(string checksums, ReadOnlySpan<byte> expected)
    {
        _work.Write("expected", expected);
        _work.Line("ckfile expected -f -o expected.ckf -q").Succeeds();
        Assert.Equal(_work.Read("expected.ckf"), _work.Read(checksums));
    }

    /// <summary>Another process that has it mapped until the end of the test.</summary>
    private sealed class MappedDevice : IDisposable
    {
        private readonly Process _process;

        public MappedDevice(Process process)
        {
            _process = process;
            Assert.Equal("mapped", process.StandardOutput.ReadLine());
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    /// <summary>The first partition of a disk, from 1 MiB on.</summary>
    private sealed class Partition : IDisposable
    {
        public const int Length = 8 << 20;

        private readonly string _disk;

        public Partition(string disk)
        {
            _disk = disk;
            Command.Demand("addpart", disk, "1", $"{PartitionStart / Sector}", $"{Length / Sector}");
        }

        public string Path => _disk + "p1";

        // The kernel may have it open for a moment, by itself.
        public void Dispose()
        {
            for (int tries = 0; ; tries++)
            {
                try
                {
                    Command.Demand("delpart", _disk, "1");
                    return;
                }
                catch (InvalidOperationException) when (tries < 20)
                {
                    Thread.Sleep(100);
                }
            }
        }
    }
}
