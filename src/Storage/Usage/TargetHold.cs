using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>
/// What is kept of a target's surroundings while it is open: locks on what is below it, and its other names, whose readers are to see
/// what was written when it is given back.
/// </summary>
/// <param name="locks">Descriptors that hold a lock or have a device exclusively. Owned from here on.</param>
/// <param name="stale">Devices whose cached pages are dropped in the end.</param>
internal sealed class TargetHold(IReadOnlyList<SafeFileHandle> locks, IReadOnlyList<BlockDevice> stale) : IDisposable
{
    public void Dispose()
    {
        SharedMedium.Drop(stale);
        foreach (SafeFileHandle handle in locks)
        {
            handle.Dispose();
        }
    }
}
