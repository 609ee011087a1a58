using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>
/// Kept while a target is open: locks on the layers below it, and its other names. When the target is given back, their readers must see
/// the bytes that were written.
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
