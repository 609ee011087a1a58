namespace BinarySync.Tests.Contract;

/// <summary>The contract of a storage whose flush can be made to fail.</summary>
public abstract class FlushFailureContract : StorageContract
{
    /// <summary>Opens another storage, of zeros, from which nothing reaches the medium that is written now.</summary>
    protected abstract IWritableStorage OpenLosing();

    /// <summary>
    /// A flush may fail once and succeed over lost data then, as the kernel's does: nothing else may make that look like a success.
    /// </summary>
    [ContractFact]
    public void A_flush_that_failed_is_not_made_good_by_the_next_one()
    {
        using IWritableStorage losing = OpenLosing();
        byte[] data = Bytes.Pattern((int)losing.Length);
        losing.Write(data, 0);
        Demand(StorageError.FlushFailed, losing.Flush);
        try
        {
            losing.Flush();
        }
        catch (StorageException failure) when (failure.Error == StorageError.FlushFailed)
        {
            return;
        }

        byte[] below = new byte[data.Length];
        losing.ReadBelowCache(below, 0);
        Assert.NotEqual(data, below);
    }
}
