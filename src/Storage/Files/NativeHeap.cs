using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>
/// The C library gives each thread an arena of its own, and keeps in it what was freed. Each pass has new threads, and each arena would
/// keep the window of a decompressor: some 6 MiB. They take such memory rarely, so one arena is enough.
/// </summary>
public static class NativeHeap
{
    /// <summary>Has all threads use one arena, from now on. Never throws; without glibc, nothing happens.</summary>
    public static void UseOneArena()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Libc.SetAllocation(Libc.MostArenas, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: it has no arenas.
        }
    }
}
