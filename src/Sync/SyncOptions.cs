namespace BinarySync.Sync;

/// <summary>What all operations have in common.</summary>
public sealed record SyncOptions
{
    /// <summary>Threads that read, hash and compress; at least 1.</summary>
    public int Threads { get; init; } = DefaultThreads;

    /// <summary>Told how far the operation is.</summary>
    public SyncProgress Progress { get; init; } = new();

    /// <summary>Ends the operation between two steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// One thread a processor, and no more than 4: a disk is busy by then, and each thread has its buffers, which the memory promise
    /// counts.
    /// </summary>
    public static int DefaultThreads => Math.Clamp(Environment.ProcessorCount, 1, 4);

    public const int MaxThreads = 256;
}
