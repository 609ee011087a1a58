using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

/// <summary>Descriptors by their numbers.</summary>
internal static unsafe partial class Posix
{
    /// <summary>FD_CLOEXEC.</summary>
    public const int CloseOnExecFlag = 1;

    private const int LastStandardDescriptor = 2;
    private const int GetFlags = 1; // F_GETFD
    private const int DuplicateFrom = 1030; // F_DUPFD_CLOEXEC

    /// <summary>The flags of a descriptor; -1 if none has this number.</summary>
    public static int DescriptorFlags(int descriptor) => Libc.DescriptorCommand(descriptor, GetFlags, 0);

    /// <summary>The status of a descriptor; returns the error number, or 0 if it worked.</summary>
    public static int TryStatus(int descriptor, out FileStatus status)
    {
        Libc.StatusBuffer buffer;
        int errno = Libc.Status(descriptor, "", EmptyPath, AllFields, &buffer) == 0 ? 0 : Marshal.GetLastPInvokeError();
        status = errno == 0 ? Decode(buffer) : default;
        return errno;
    }

    /// <summary>Opens /dev/null under all free numbers below this, so that nothing else gets them.</summary>
    public static void FillDescriptors(int end)
    {
        int descriptor;
        while ((descriptor = Libc.Open("/dev/null", OpenFlags.ReadWrite | OpenFlags.CloseOnExec, 0)) >= 0)
        {
            if (descriptor >= end)
            {
                _ = Libc.Close(descriptor);
                return;
            }
        }
    }

    // The runtime writes its last words to number 2, whatever that is: it must be no file of ours.
    private static int AboveStandard(int descriptor, out int errno)
    {
        errno = 0;
        if (descriptor > LastStandardDescriptor)
        {
            return descriptor;
        }

        int moved = Libc.DescriptorCommand(descriptor, DuplicateFrom, LastStandardDescriptor + 1);
        errno = moved < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.Close(descriptor);
        return moved;
    }
}
