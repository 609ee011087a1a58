using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Tests.Support;

/// <summary>What the page cache holds of a file or device.</summary>
public static class PageCache
{
    private const int DontNeed = 4;
    private const int Random = 1;
    private const int CacheStatus = 451;

    /// <summary>How many pages of a file or device are cached; of all, or of a range.</summary>
    public static long Count(string path, long offset = 0, long length = 0)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Count(file, offset, length);
    }

    /// <summary>For each page of a file whether it is cached.</summary>
    public static bool[] Map(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        int page = Environment.SystemPageSize;
        return [.. Enumerable.Range(0, (int)((RandomAccess.GetLength(file) + page - 1) / page)).Select(
            number => Count(file, (long)number * page, page) == 1)];
    }

    /// <summary>Reads some pages into the cache, and none beside them.</summary>
    public static void Fill(string path, IEnumerable<int> pages)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Equal(0, posix_fadvise(file, 0, 0, Random));
        byte[] buffer = new byte[1];
        foreach (int page in pages)
        {
            Assert.Equal(1, RandomAccess.Read(file, buffer, (long)page * Environment.SystemPageSize));
        }
    }

    /// <summary>Reads all of a file or device into the cache.</summary>
    public static void Fill(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
        file.CopyTo(Stream.Null);
    }

    /// <summary>
    /// Drops what is clean. What was not flushed stays in the cache: a program that promised to flush must not need our help.
    /// </summary>
    public static void Drop(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Assert.Equal(0, posix_fadvise(file, 0, 0, DontNeed));
        }
    }

    private static long Count(SafeFileHandle file, long offset, long length)
    {
        long[] status = new long[5];
        Assert.Equal(0, syscall(CacheStatus, file, [offset, length], status, 0));
        return status[0];
    }

    [DllImport("libc")]
    private static extern nint syscall(nint number, SafeFileHandle file, long[] range, [Out] long[] status, nuint flags);

    [DllImport("libc")]
    private static extern int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);
}
