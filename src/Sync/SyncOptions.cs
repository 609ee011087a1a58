namespace BinarySync.Sync;

/// <summary>Options that all operations have in common.</summary>
public sealed record SyncOptions
{
    /// <summary>Threads that read, hash and compress; at least 1.</summary>
    public int Threads { get; init; } = DefaultThreads;

    /// <summary>Gets the progress of the operation.</summary>
    public SyncProgress Progress { get; init; } = new();

    /// <summary>Ends the operation between two steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// One thread per CPU, and no more than 4: a disk is busy by then, and each thread has its buffers, which count towards the promised
    /// memory limit.
    /// </summary>
    public static int DefaultThreads => Math.Clamp(Environment.ProcessorCount, 1, 4);

    public const int MaxThreads = 256;
}
