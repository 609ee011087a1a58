using BinarySync.Storage.Disks;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Tests;

public sealed class UncachedReadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData((1 << 20) + 3)]
    [InlineData((3 << 20) + 511)]
    public void Reads_of_any_size_and_place_equal_plain_ones(int length)
    {
        string path = _directory.File("a", (3 << 20) + 4099);
        using IWritableStorage target = StorageAccess.OpenTarget(path, []);
        target.Write(Bytes.Pattern(10_000, seed: 3), 5_000);
        target.Flush();

        foreach (long offset in (long[])[0, 1, 511, 4095, 4096, target.Length - length])
        {
            byte[] plain = new byte[length];
            byte[] below = new byte[length];
            target.Read(plain, Math.Min(offset, target.Length - length));
            target.ReadBelowCache(below, Math.Min(offset, target.Length - length));
            Assert.Equal(plain, below);
        }
    }

    [LinuxTheory]
    [InlineData(4096)]
    [InlineData(8191)]
    [InlineData((1 << 20) + 4096)]
    public void Memory_that_is_aligned_gets_the_same_bytes(int length)
    {
        string path = _directory.File("a", (2 << 20) + 4099);
        using SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly);
        using UncachedReader reader = new(file, path, UncachedReader.DefaultAlignment);
        using AlignedBuffer memory = new(length + 4096, 4096);
        byte[] all = Bytes.Pattern((2 << 20) + 4099);
        foreach (int offset in (int[])[0, 4096, 4097, all.Length - length, (all.Length - length) & -4096])
        {
            foreach (int shift in (int[])[0, 1])
            {
                Span<byte> bytes = memory.Span.Slice(shift, length);
                bytes.Clear();
                reader.Read(bytes, offset);
                Assert.True(bytes.SequenceEqual(all.AsSpan(offset, length)), $"{length} bytes at {offset}, memory at {shift}");
            }
        }

        // Behind the end there is nothing, even if most of it is there.
        StorageException ended = Assert.Throws<StorageException>(() => reader.Read(memory.Span, (all.Length - length) & -4096));
        Assert.Equal(StorageError.EndReached, ended.Error);
    }

    [LinuxTheory]
    [InlineData(0)] // as a file system without direct I/O says
    [InlineData(512)] // finer than this one may accept: falls back when it is refused
    [InlineData(4096)]
    [InlineData(65_536)]
    public void Every_alignment_gives_the_same_bytes(long alignment)
    {
        string path = _directory.File("a", 200_001);
        using SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly);
        using UncachedReader reader = new(file, path, alignment);
        byte[] buffer = new byte[150_001];

        reader.Read(buffer, 50_000);

        Assert.Equal(Bytes.Pattern(200_001)[50_000..], buffer);
        Assert.True(alignment != 0 || !reader.IsDirect);
    }

    [RootFact]
    public void A_file_system_in_memory_is_read_one_way_or_the_other()
    {
        using Mount mount = Mount.Memory(_directory["memory"], "1m");
        string path = Path.Combine(mount.Point, "a");
        File.WriteAllBytes(path, Bytes.Pattern(10_001));
        using IReadableStorage source = StorageAccess.OpenSource(path);
        byte[] buffer = new byte[10_001];

        source.ReadBelowCache(buffer, 0);

        Assert.Equal(Bytes.Pattern(10_001), buffer);
    }

    [RootFact("strace")]
    public void A_device_and_a_file_are_really_read_with_direct_input()
    {
        string image = _directory.File("image", (2 << 20) + 512);
        DemandDirect(image, (2 << 20) + 512);
        using LoopDevice device = new(image);
        DemandDirect(device.Path, (2 << 20) + 512);
    }

    private void DemandDirect(string path, int length)
    {
        string log = _directory["log"];
        string[] said = Probe.Shell($"strace -f -o '{log}' -e trace=open,openat,pread64 {Probe.CommandLine} uncached '{path}'");
        Assert.Equal(["done", "done"], said);

        string[] calls = File.ReadAllLines(log);
        int opened = Array.FindIndex(calls, call => call.Contains("/proc/self/fd/", StringComparison.Ordinal)
            && call.Contains("O_DIRECT", StringComparison.Ordinal));
        Assert.True(opened >= 0, "no descriptor for direct input was opened");
        string descriptor = calls[opened][(calls[opened].LastIndexOf("= ", StringComparison.Ordinal) + 2)..].Trim();
        long sum = calls.Skip(opened + 1)
            .Where(call => call.Contains($"pread64({descriptor},", StringComparison.Ordinal))
            .Sum(call => long.Parse(call[(call.LastIndexOf("= ", StringComparison.Ordinal) + 2)..].Split(' ')[0], null));
        Assert.Equal(length, sum);
    }
}
