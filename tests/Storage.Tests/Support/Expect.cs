namespace BinarySync.Storage.Tests.Support;

public static class Expect
{
    public static StorageException Error(StorageError error, Action action)
    {
        StorageException thrown = Assert.Throws<StorageException>(action);
        Assert.Equal(error, thrown.Error);
        Assert.StartsWith(thrown.Path + ": ", thrown.Message, StringComparison.Ordinal);
        return thrown;
    }

    /// <summary>For what returns something that must be disposed if it comes back after all.</summary>
    public static StorageException Error(StorageError error, Func<IDisposable> action) => Error(error, () => action().Dispose());
}
