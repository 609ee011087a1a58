using System.Globalization;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Messages;

/// <summary>
/// The descriptors 0 to 2, which are standard input, output and error only if the caller of the program gave them. If one was closed, the
/// next file that is opened gets its number: a pipe of the runtime, or a target. The program never reads from such a number or writes to
/// it.
/// </summary>
public static class StandardDescriptors
{
    private const int Count = 3;

    // Enough for /dev/stdin and /proc/self/fd/0, which need only a few.
    private const int MostLinks = 8;

    private static readonly bool[] s_given = Look();

    /// <summary>
    /// Finds out which were given, and fills the numbers that are free. Must be the first call of the program: later, a closed number may
    /// have become a file of the program.
    /// </summary>
    public static void Secure() => _ = s_given.Length;

    /// <summary>True if standard error is the user's.</summary>
    public static bool HasError => IsGiven(2);

    /// <summary>True if the caller of the program gave this descriptor.</summary>
    internal static bool IsGiven(int descriptor) => s_given[descriptor];

    /// <summary>
    /// True if a path such as /dev/stdin or /dev/fd/3 names a descriptor that the caller of the program did not give: it is closed, or a
    /// file that only the runtime knows. Reading such a pipe would never end.
    /// </summary>
    internal static bool IsNotGiven(string path)
    {
        if (DescriptorOf(path) is not { } descriptor)
        {
            return false;
        }

        int flags = Posix.DescriptorFlags(descriptor);
        return descriptor < Count ? !IsGiven(descriptor) : flags < 0 || !IsInherited(flags);
    }

    // The kernel shows descriptors in /proc/PID/fd; all other names are links to there.
    private static int? DescriptorOf(string path)
    {
        if (Posix.TryRealPath("/proc/self", out byte[] self) != 0)
        {
            return null;
        }

        for (int links = 0; links < MostLinks; links++)
        {
            string directory = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : Path.IsPathRooted(path) ? "/" : ".";
            string name = Path.GetFileName(path);
            if (Posix.TryRealPath(directory, out byte[] real) == 0 && IsDescriptors(real, self)
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            {
                return descriptor;
            }

            if (TryReadLink(path) is not { Length: > 0 } target)
            {
                return null;
            }

            path = Path.Combine(directory, target);
        }

        return null;
    }

    private static bool IsDescriptors(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> self) =>
        directory.Length > self.Length && directory.StartsWith(self) && directory[self.Length] == '/' && directory.EndsWith("/fd"u8);

    private static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The path is opened next, and that reports its own error.
            return null;
        }
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

    // Inherited descriptors came through exec, which closes all that have this flag. The runtime sets it for all files that it opens.
    private static bool IsInherited(int flags) => (flags & Posix.CloseOnExecFlag) == 0;
}
