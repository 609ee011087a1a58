using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

/// <summary>struct pollfd, the same on all systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    /// <summary>POLLIN: there is something to read.</summary>
    public const short In = 1;

    /// <summary>POLLOUT: there is room to write.</summary>
    public const short Out = 4;

    public int Descriptor;
    public short Events;
    public short ReturnedEvents;
}
