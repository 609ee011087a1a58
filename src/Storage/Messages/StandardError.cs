using System.Runtime.InteropServices;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>
/// Standard error, which carries the messages for people. The runtime's own console reads the terminal database and takes over the
/// terminal's settings before it writes a word: that takes 20 ms, and is not needed.
/// </summary>
public static class StandardError
{
    private const int Descriptor = 2;

    /// <summary>The descriptor of standard output.</summary>
    public const int OutputDescriptor = 1;

    // TIOCGWINSZ
    private const nuint GetWindowSize = 0x5413;

    private static readonly SafeFileHandle s_file = new(Descriptor, ownsHandle: false);

    /// <summary>True if all of this works: on Linux.</summary>
    public static bool IsKnown => Posix.IsSupported;

    /// <summary>Writes all bytes; false if that failed, or if the descriptor was closed when the process was started.</summary>
    public static unsafe bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (!StandardDescriptors.HasError)
        {
            return false;
        }

        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint count = Libc.Write(s_file, start + done, (nuint)(bytes.Length - done));
                int errno = count > 0 ? 0 : Marshal.GetLastPInvokeError();
                if (errno == Errno.TryAgain)
                {
                    // Another process that shares this terminal has made it non-blocking.
                    PollEntry entry = new() { Descriptor = Descriptor, Events = PollEntry.Out };
                    _ = Libc.Poll(&entry, 1, -1);
                }
                else if (count <= 0 && errno != Errno.Interrupted)
                {
                    return false;
                }

                done += (int)Math.Max(count, 0);
            }
        }

        return true;
    }

    /// <summary>True if it is a terminal.</summary>
    public static bool IsTerminal => Posix.IsSupported && StandardDescriptors.HasError && Libc.IsTerminal(Descriptor) == 1;

    /// <summary>False if the process runs in the background of its terminal: its drawing would disturb the program in front.</summary>
    public static bool IsInFront =>
        !Posix.IsSupported || Libc.ForegroundGroup(Descriptor) is var group && (group < 0 || group == Libc.OwnGroup());

    /// <summary>Characters in a line of the terminal now; 0 if the terminal does not say.</summary>
    public static int Columns => ColumnsOf(Descriptor);

    /// <summary>As <see cref="Columns"/>, of any descriptor: 0 also if it is no terminal.</summary>
    public static unsafe int ColumnsOf(int descriptor)
    {
        Libc.WindowSize size = default;
        return Posix.IsSupported && Libc.WindowOf(descriptor, GetWindowSize, &size) == 0 ? size.Columns : 0;
    }
}
