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

    /// <summary>One thread a processor, and no more than 4: a disk is busy by then, and each thread has its buffers, which the memory promise counts.</summary>
    public static int DefaultThreads => Math.Clamp(Environment.ProcessorCount, 1, 4);

    public const int MaxThreads = 256;
}

/// <summary>How far an operation is. Written by the operation, read by whoever shows it; cheap enough to be always on.</summary>
public sealed class SyncProgress
{
    private long _done;

    /// <summary>What is being done: "checksumming", "verifying", ...; empty before the first phase.</summary>
    public string Phase { get; private set; } = string.Empty;

    /// <summary>Bytes that the phase has to do.</summary>
    public long Total { get; private set; }

    /// <summary>Bytes done.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Begins a phase.</summary>
    public void Begin(string phase, long total)
    {
        Interlocked.Exchange(ref _done, 0);
        Total = total;
        Phase = phase;
    }

    public void Advance(long bytes) => Interlocked.Add(ref _done, bytes);
}
