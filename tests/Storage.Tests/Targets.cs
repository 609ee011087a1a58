namespace BinarySync.Storage.Tests;

/// <summary>Targets that are opened again after somebody had them.</summary>
internal static class Targets
{
    /// <summary>Demands that nothing holds the target any more.</summary>
    public static void DemandFree(string path, bool readOnly = false, params string[] messages) =>
        Again(path, readOnly, messages).Dispose();

    /// <summary>Opens a target that was open in this process before.</summary>
    public static IWritableStorage Again(string path, bool readOnly = false, params string[] messages)
    {
        Children.Settle();
        return Disks.StorageAccess.OpenTarget(path, messages, readOnly);
    }
}
