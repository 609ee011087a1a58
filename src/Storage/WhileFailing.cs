namespace BinarySync.Storage;

/// <summary>Cleaning up while an error is on its way.</summary>
public static class WhileFailing
{
    /// <summary>Takes a step whose own failure would hide the error that is on its way, and matters less. A bug is not hidden.</summary>
    public static void Do(Action step)
    {
        ArgumentNullException.ThrowIfNull(step);
        try
        {
            step();
        }
        catch (Exception second) when (second is StorageException || PortableFailure.IsSystem(second))
        {
            // The first one says why.
        }
    }
}
