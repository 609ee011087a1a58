using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Tests.Support;

/// <summary>Drops a file's pages, so that the next read is answered by the disk.</summary>
public static class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Drops what is clean. What was not flushed stays in the cache: a program that promised to flush must not need our help.</summary>
    public static void Drop(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Assert.Equal(0, posix_fadvise(file, 0, 0, DontNeed));
        }
    }

    [DllImport("libc")]
    private static extern int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);
}
