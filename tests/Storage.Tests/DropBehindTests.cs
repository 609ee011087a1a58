using BinarySync.Storage.Disks;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Tests;

/// <summary>What a reader leaves in the page cache. Needs cachestat (Linux 6.5) to look.</summary>
public sealed class DropBehindTests : IDisposable
{
    private const int Mega = 1 << 20;

    // Several stretches, and a last page that is not whole.
    private const int Length = (12 * DropBehindReader.StretchLength) + 12_345;

    private static readonly byte[] _content = Bytes.Pattern(Length);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public void On_the_file_system_of_temporary_files() => DemandManners(_directory.Path);

    [RootFact("mkfs.ext4")]
    public void On_ext4() => OnFileSystem("ext4");

    [RootFact("mkfs.xfs")]
    public void On_xfs() => OnFileSystem("xfs");

    [RootFact("mkfs.btrfs")]
    public void On_btrfs() => OnFileSystem("btrfs");

    [RootFact]
    public void What_is_only_in_memory_stays_there()
    {
        using Mount mount = Mount.Memory(_directory["memory"], "110m");
        string path = Path.Combine(mount.Point, "a");
        File.WriteAllBytes(path, _content);
        long all = PageCache.Count(path);

        ReadAll(path, CachePolicy.Drop);

        DemandNearly(all, PageCache.Count(path));
        Assert.Equal(_content, File.ReadAllBytes(path));
    }

    [RootFact]
    public void A_device_is_dropped_unless_its_pages_shall_be_kept()
    {
        using LoopDevice device = new(Cold("image"), "--read-only");
        int[] before = [0, 5, 700, 701, 702, 9_000];
        long all = Length / 512 * 512 / 4096;

        // The kernel forgets the pages of a device that nobody has open. And losetup, or udev after it, may have read some.
        using SafeFileHandle open = Posix.Open(device.Path, OpenFlags.ReadOnly);
        PageCache.Drop(device.Path);
        ReadAll(device.Path, CachePolicy.Keep);
        DemandNearly(all, PageCache.Count(device.Path));

        // Also what was there before: it may be older than the medium, which has other names.
        ReadAll(device.Path, CachePolicy.Auto);
        Assert.Equal(0, PageCache.Count(device.Path));

        // What comes while it is open stays.
        using IReadableStorage source = StorageAccess.OpenSource(device.Path, CachePolicy.Auto);
        PageCache.Fill(device.Path, before);
        Assert.Equal(before.Length, PageCache.Count(device.Path));
        Assert.Equal(_content[..(int)source.Length], source.ReadAll());
        Assert.All(before, page => Assert.Equal(1, PageCache.Count(device.Path, page * 4096L, 4096)));
    }

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void Nothing_is_read_twice(int threads)
    {
        string path = Cold("a");
        Assert.InRange(ReadAll(path, CachePolicy.Drop, threads), Length, Length + (Length / 50));
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_the_kernel_does_not_say_what_it_holds_nothing_is_left(bool canReadAtOnce)
    {
        string path = Cold("a");
        using (SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly))
        using (DropBehindReader reader = new(file, path, Length, canAsk: false, canReadAtOnce))
        {
            DemandContent(reader);
        }

        Assert.Equal(0, PageCache.Count(path));
    }

    [RootFact("mkfs.xfs")]
    public void Reading_at_once_leaves_what_was_there()
    {
        using LoopDevice device = new(_directory.Sparse("image", 400L * Mega));
        using Mount mount = Mount.Of("xfs", device, _directory["mount"]);
        string path = Cold("mount/a");
        int[] before = [1, 2, 3, 5000];
        PageCache.Fill(path, before);
        using (SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly))
        using (DropBehindReader reader = new(file, path, Length, canAsk: false))
        {
            DemandContent(reader);
        }

        Assert.True(PageCache.Count(path) >= before.Length);
        Assert.All(before, page => Assert.Equal(1, PageCache.Count(path, page * 4096L, 4096)));
        Assert.InRange(PageCache.Count(path), before.Length, 1000);
    }

    [RootFact]
    public void Where_the_kernel_can_do_neither_all_of_it_goes()
    {
        // No block device can be read at once.
        using LoopDevice device = new(Cold("image"), "--read-only");
        using SafeFileHandle file = Posix.Open(device.Path, OpenFlags.ReadOnly);
        PageCache.Fill(device.Path, [5, 9000]);
        byte[] read = new byte[Length / 512 * 512];
        using (DropBehindReader reader = new(file, device.Path, read.Length, canAsk: false))
        {
            Assert.Equal(read.Length, reader.Read(read, 0));
        }

        Assert.True(_content.AsSpan(0, read.Length).SequenceEqual(read));
        Assert.Equal(0, PageCache.Count(device.Path));
    }

    [LinuxFact]
    public void Reads_here_and_there_leave_nothing_and_lose_nothing()
    {
        string path = Cold("a");
        int[] before = [.. Enumerable.Range(0, 200).Select(number => number * 7 % (Length / 4096)).Distinct()];
        PageCache.Fill(path, before);
        bool[] map = PageCache.Map(path);
        Random random = new(3);
        using (IReadableStorage source = StorageAccess.OpenSource(path, CachePolicy.Drop))
        {
            for (int i = 0; i < 300; i++)
            {
                byte[] buffer = new byte[random.Next(1, 70_000)];
                long offset = random.NextInt64(Length - buffer.Length);
                source.Read(buffer, offset);
                Assert.True(_content.AsSpan((int)offset, buffer.Length).SequenceEqual(buffer));
            }
        }

        DemandSame(map, path);
    }

    [LinuxFact]
    public void What_is_announced_comes_stays_until_it_is_read_and_goes_then()
    {
        const int Piece = 4096;
        string path = Cold("a");
        bool[] map = PageCache.Map(path);
        using (IReadableStorage source = StorageAccess.OpenSource(path, CachePolicy.Drop))
        {
            long[] announced = [0, DropBehindReader.StretchLength + 40_960];
            Array.ForEach(announced, offset => source.Announce(offset, Piece));
            Assert.True(SpinWait.SpinUntil(AllAreThere, TimeSpan.FromSeconds(30)));

            // To the end: what the system reads ahead has come, too, when it is dropped.
            byte[] buffer = new byte[Mega];
            for (long offset = 2L * DropBehindReader.StretchLength; offset < Length; offset += Mega)
            {
                source.Read(buffer.AsSpan(0, (int)Math.Min(Mega, Length - offset)), offset);
            }

            Assert.True(AllAreThere());
            foreach (long offset in announced)
            {
                source.Read(buffer.AsSpan(0, Piece), offset);
                Assert.True(_content.AsSpan((int)offset, Piece).SequenceEqual(buffer.AsSpan(0, Piece)));
            }

            bool AllAreThere() => announced.All(offset => PageCache.Count(path, offset, Piece) == 1);
        }

        DemandSame(map, path);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_dropped_on_the_way_and_not_only_at_the_end_announced_or_not(bool isAnnounced)
    {
        string path = Cold("a");
        using IReadableStorage source = StorageAccess.OpenSource(path, CachePolicy.Drop);
        byte[] buffer = new byte[Mega];
        for (long offset = 0; offset + Mega <= Length; offset += Mega)
        {
            if (isAnnounced)
            {
                source.Announce(offset, Mega);
            }

            source.Read(buffer, offset);
        }

        Assert.Equal(0, PageCache.Count(path, 0, 4L * DropBehindReader.StretchLength));
        Assert.NotEqual(0, PageCache.Count(path));
    }

    [LinuxFact]
    public void The_target_of_a_patch_keeps_what_will_be_needed_again()
    {
        string path = Cold("a");
        byte[] buffer = new byte[Mega];
        using (IWritableStorage target = StorageAccess.OpenTarget(path, [], cache: CachePolicy.Drop))
        {
            target.Read(buffer, 0);
            long recognised = PageCache.Count(path, 0, Mega);
            Assert.Equal(256, recognised);
            for (long offset = 0; offset + Mega <= Length; offset += Mega)
            {
                target.ReadOnce(buffer, offset);
            }
        }

        Assert.Equal(256, PageCache.Count(path, 0, Mega));

        // The read-ahead of that first read was there before as well.
        Assert.Equal(0, PageCache.Count(path, Length / 2, Length / 2));
    }

    [LinuxFact]
    public void Reading_back_without_direct_input_leaves_nothing()
    {
        string path = Cold("a");
        using SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly);
        byte[] buffer = new byte[Mega];
        using (UncachedReader keeping = new(file, path, alignment: 0))
        {
            keeping.Read(buffer, 0);
            Assert.True(PageCache.Count(path, 0, Mega) > 0);
        }

        using UncachedReader dropping = new(file, path, alignment: 0, dropAfter: true);
        dropping.Read(buffer, 0);
        Assert.Equal(0, PageCache.Count(path, 0, Mega));
        Assert.True(_content.AsSpan(0, Mega).SequenceEqual(buffer));
    }

    [LinuxFact]
    public void Many_threads_read_the_right_bytes()
    {
        string path = Cold("a");
        PageCache.Fill(path, Enumerable.Range(0, 500).Select(number => number * 31 % (Length / 4096)));
        using SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly);
        using DropBehindReader reader = new(file, path, Length);
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, seed =>
        {
            Random random = new(seed);
            byte[] buffer = new byte[300_000];
            for (int i = 0; i < 40; i++)
            {
                Span<byte> some = buffer.AsSpan(0, random.Next(1, buffer.Length));
                int offset = random.Next(Length);
                int count = Math.Min(some.Length, Length - offset);
                Assert.Equal(count, reader.Read(some, offset));
                Assert.True(_content.AsSpan(offset, count).SequenceEqual(some[..count]));
            }
        });
    }

    [LinuxFact]
    public void Threads_that_are_far_apart_leave_nothing_and_take_nothing_from_each_other()
    {
        string path = Cold("a");
        using (IReadableStorage source = StorageAccess.OpenSource(path, CachePolicy.Drop))
        {
            // One reads at the end, the other at the beginning. What each needs is read from the disk once, with what the kernel reads
            // ahead.
            long[] fetched = new long[2];
            Thread[] threads = [.. fetched.Select((_, number) => new Thread(() =>
            {
                byte[] some = new byte[4096];
                for (int i = 0; i < 20_000; i++)
                {
                    source.Read(
                        some, (number * 10L * DropBehindReader.StretchLength) + (i * 37L * 4096 % (2L * DropBehindReader.StretchLength)));
                }

                fetched[number] = FetchedBytes();
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.All(fetched, bytes => Assert.InRange(bytes, 1, 8 * DropBehindReader.StretchLength));
        }

        Assert.Equal(0, PageCache.Count(path));
    }

    [LinuxTheory]
    [InlineData(CachePolicy.Auto, 1000, false)]
    [InlineData(CachePolicy.Keep, 1000, false)]
    [InlineData(CachePolicy.Drop, 1000, true)]
    [InlineData(CachePolicy.Auto, long.MaxValue, true)]
    [InlineData(CachePolicy.Keep, long.MaxValue, false)]
    public void Auto_drops_a_file_only_if_it_is_large(CachePolicy cache, long length, bool drops)
    {
        // Half of the memory, and a byte; ext4 has no files beyond 16 TiB.
        string path = _directory.Sparse("a", Math.Min(length, (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2) + 1));
        using LinuxStorage source = (LinuxStorage)StorageAccess.OpenSource(path, cache);
        Assert.Equal(drops, source.DropsCache);
    }

    private static void DemandContent(DropBehindReader reader)
    {
        byte[] read = new byte[Length];
        for (int offset = 0; offset < Length; offset += Mega)
        {
            int count = Math.Min(Mega, Length - offset);
            Assert.Equal(count, reader.Read(read.AsSpan(offset, count), offset));
        }

        Assert.Equal(0, reader.Read(new byte[1], Length));
        Assert.True(_content.AsSpan().SequenceEqual(read));
    }

    /// <summary>
    /// Reads as the scanner does. Returns the bytes that the kernel says to have fetched from the disk for these threads.
    /// </summary>
    private static long ReadAll(string path, CachePolicy cache, int threads = 2)
    {
        using IReadableStorage source = StorageAccess.OpenSource(path, cache);
        long next = -Mega;
        long fetched = 0;
        long[] at = new long[threads];
        Thread[] readers = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            byte[] buffer = new byte[Mega];
            for (long offset; (offset = Interlocked.Add(ref next, Mega)) < source.Length;)
            {
                // Its slots let no thread of the scanner get far ahead of another.
                Volatile.Write(ref at[number], offset);
                SpinWait.SpinUntil(() => at.All(other => offset - other < 8 * Mega));
                source.Read(buffer.AsSpan(0, (int)Math.Min(Mega, source.Length - offset)), offset);
            }

            Volatile.Write(ref at[number], long.MaxValue);
            Interlocked.Add(ref fetched, FetchedBytes());
        }))];
        Array.ForEach(readers, reader => reader.Start());
        Array.ForEach(readers, reader => reader.Join());
        return fetched;
    }

    private static long FetchedBytes() => long.Parse(
        File.ReadLines("/proc/thread-self/io").First(line => line.StartsWith("read_bytes:", StringComparison.Ordinal))[11..], null);

    private void OnFileSystem(string kind)
    {
        using LoopDevice device = new(_directory.Sparse("image", 400L * Mega));
        using Mount mount = Mount.Of(kind, device, _directory["mount"]);
        DemandManners(mount.Point);
    }

    private void DemandManners(string directory)
    {
        string path = Cold(Path.GetRelativePath(_directory.Path, Path.Combine(directory, "a")));
        string other = Path.Combine(directory, "other");
        File.WriteAllBytes(other, _content.AsSpan(0, 5 * Mega));
        int all = (Length + 4095) / 4096;
        long others = PageCache.Count(other);

        // Cold: nothing is left.
        ReadAll(path, CachePolicy.Drop);
        Assert.Equal(0, PageCache.Count(path));

        // Some pages that others have read, next to each other and apart: these stay, and only these.
        PageCache.Fill(path, [0, 1, 2, 77, 300, 2047, 2048, 2049, 6000, .. Enumerable.Range(8000, 500), all - 1]);
        bool[] map = PageCache.Map(path);
        Assert.InRange(map.Count(cached => cached), 510, 1200);
        ReadAll(path, CachePolicy.Drop);
        DemandSame(map, path);

        // Unless they shall be kept: as ever.
        ReadAll(path, CachePolicy.Keep);
        DemandNearly(all, PageCache.Count(path));

        // Warm: all stays.
        ReadAll(path, CachePolicy.Drop);
        DemandNearly(all, PageCache.Count(path));

        DemandNearly(others, PageCache.Count(other));
        Assert.Equal(_content, File.ReadAllBytes(path));
    }

    // The kernel may always take back a page or two.
    private static void DemandNearly(long pages, long cached) => Assert.InRange(cached, pages - (pages / 50), pages + 1);

    private static void DemandSame(bool[] before, string path)
    {
        bool[] after = PageCache.Map(path);
        Assert.Equal(0, after.Zip(before).Count(page => page is { First: true, Second: false }));
        DemandNearly(before.Count(cached => cached), after.Count(cached => cached));
    }

    // What is dirty cannot be dropped: flushed, and dropped.
    private string Cold(string name)
    {
        File.WriteAllBytes(_directory[name], _content);
        Command.Demand("sync", _directory[name]);
        PageCache.Drop(_directory[name]);
        Assert.Equal(0, PageCache.Count(_directory[name]));
        return _directory[name];
    }
}
