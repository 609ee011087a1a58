using System.Runtime.InteropServices;
using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>Standard input and output as messages. Not the console's own streams: those take a broken pipe for a success.</summary>
public static partial class StandardStreams
{
    internal const string InputName = "standard input";
    internal const string OutputName = "standard output";
    internal const string Closed = "is closed";

    /// <summary>Forward only, unbuffered. Errors name "standard input".</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.OpenFailed"/>: it was closed when the process was started.
    /// <see cref="StorageError.NotAFileOrBlockDevice"/>: it is a terminal, or another character device.
    /// </exception>
    public static Stream OpenInput(CancellationToken cancellation = default)
    {
        if (!StandardDescriptors.IsGiven(0))
        {
            throw Failure.Of(StorageError.OpenFailed, InputName, Closed, Errno.BadDescriptor);
        }

        SafeFileHandle input = Handle(descriptor: 0, windowsNumber: -10);
        if (Posix.IsSupported)
        {
            MessageInput.RefuseCharacterDevice(Posix.Status(input, InputName), InputName);
        }

        return new ForwardReader(input, InputName, cancellation);
    }

    /// <summary>Errors name "standard output"; if the reader goes away, that is <see cref="StorageError.WriteFailed"/>.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.WriteFailed"/>: it was closed when the process was started.</exception>
    public static MessageOutput OpenOutput() => StandardDescriptors.IsGiven(1)
        ? new StandardOutput(Handle(descriptor: 1, windowsNumber: -11))
        : throw Failure.Of(StorageError.WriteFailed, OutputName, Closed, Errno.BadDescriptor);

    // Not owned: the descriptors belong to the process and stay open.
    private static SafeFileHandle Handle(int descriptor, int windowsNumber) =>
        new(OperatingSystem.IsWindows() ? GetStdHandle(windowsNumber) : descriptor, ownsHandle: false);

    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int number);
}
