using BinarySync.Storage.Native;

namespace BinarySync.Storage;

/// <summary>
/// The descriptors 0 to 2, which are standard input, output and error only if whoever started the process gave them. If one was
/// closed, the next file
/// that is opened gets its number: a pipe of the runtime, or a target. Nothing is ever read from such a number or written to it.
/// </summary>
public static class StandardDescriptors
{
    private const int Count = 3;

    // Enough for /dev/fd/63, where shells put the pipes that they pass by name.
    private const int MostLookedAt = 1024;

    private static readonly bool[] s_given = Look();

    /// <summary>
    /// Finds out which were given, and fills the numbers that are free. To be called first thing. Later, a number that was closed may
    /// have become
    /// a file of the program.
    /// </summary>
    public static void Secure() => _ = s_given.Length;

    /// <summary>True if standard error is the user's.</summary>
    public static bool HasError => IsGiven(2);

    /// <summary>True if whoever started the process gave this descriptor.</summary>
    internal static bool IsGiven(int descriptor) => s_given[descriptor];

    /// <summary>
    /// True if a path such as /dev/stdin or /dev/fd/3 leads to a pipe that only the runtime knows: the one that was meant is closed,
    /// and reading this
    /// one would never end.
    /// </summary>
    internal static bool IsOwnPipe(string path, in FileStatus status)
    {
        // Of such a path the kernel knows the file, but no name.
        if (status.Type != NodeType.Pipe || Posix.TryRealPath(path, out _) == 0)
        {
            return false;
        }

        bool isOwn = false;
        for (int descriptor = 0; descriptor < MostLookedAt; descriptor++)
        {
            int flags = Posix.DescriptorFlags(descriptor);
            if (flags >= 0 && Posix.TryStatus(descriptor, out FileStatus other) == 0 && other.IsSameNode(status))
            {
                if (!IsInherited(flags))
                {
                    isOwn = true;
                }
                else
                {
                    return false;
                }
            }
        }

        return isOwn;
    }

    private static bool[] Look()
    {
        bool[] given = [true, true, true];
        if (!Posix.IsSupported)
        {
            return given;
        }

        bool someFree = false;
        for (int descriptor = 0; descriptor < Count; descriptor++)
        {
            int flags = Posix.DescriptorFlags(descriptor);
            given[descriptor] = flags >= 0 && IsInherited(flags);
            someFree |= flags < 0;
        }

        if (someFree)
        {
            Posix.FillDescriptors(Count);
        }

        return given;
    }

    // What was inherited came through exec, which closes all that has this flag. The runtime sets it for all that it opens.
    private static bool IsInherited(int flags) => (flags & Posix.CloseOnExecFlag) == 0;
}
