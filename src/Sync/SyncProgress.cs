using System.Diagnostics;
using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>
/// The progress of an operation. Written by the operation, and read by the code that shows it; cheap enough to be always on.
/// </summary>
public sealed class SyncProgress
{
    private readonly SyncPhase _first = new(0, string.Empty, 0);
    private volatile SyncPhase _current;

    public SyncProgress() => _current = _first;

    /// <summary>The present phase; a phase without a name before the first one.</summary>
    public SyncPhase Current => _current;

    /// <summary>Begins a phase.</summary>
    /// <param name="name">"checksumming", "writing", ...</param>
    /// <param name="total">Bytes that it has to do; 0 if that is not known.</param>
    public void Begin(string name, long total)
    {
        SyncPhase before = _current;
        SyncPhase next = new(before.Number + 1, name, total) { Count = Math.Max(before.Count, before.Count > 0 ? before.Number + 1 : 0) };
        _current = next;
        before.End(next);
    }

    /// <summary>Phases that follow after those of the present run; 0 if it is the last.</summary>
    internal int Later { get; set; }

    /// <summary>Sets how many phases are still to come after this one, as far as that is known by now.</summary>
    internal void Expect(int more) => _current.Count = _current.Number + more + Later;

    /// <summary>The total time that phases with these names have taken so far.</summary>
    public TimeSpan TimeOf(params ReadOnlySpan<string> names)
    {
        TimeSpan time = TimeSpan.Zero;
        for (SyncPhase? phase = _first; phase is not null; phase = phase.Next)
        {
            if (names.Contains(phase.Name))
            {
                time += Stopwatch.GetElapsedTime(phase.Began, phase.Ended > 0 ? phase.Ended : Stopwatch.GetTimestamp());
            }
        }

        return time;
    }

    /// <summary>Counts bytes that are done.</summary>
    public void Advance(long bytes) => _current.Advance(bytes);

    /// <summary>The bytes of all operations that a trailer counts, with every block counted as a whole one.</summary>
    internal static long NominalBytes(OperationsTrailer trailer, int blockSize) =>
        BytesOf(trailer.DataBlocks, blockSize) + BytesOf(trailer.ZeroBlocks, blockSize) + BytesOf(trailer.CopyBlocks, blockSize);

    /// <summary>The bytes of so many whole blocks; 0 if an unchecked trailer gives an impossible number.</summary>
    internal static long BytesOf(long? blocks, int blockSize) =>
        blocks is > 0 && blocks <= FormatLimits.MaxSize / blockSize ? blocks.Value * blockSize : 0;
}

/// <summary>One phase of an operation.</summary>
/// <param name="number">The number of the phase, from 1.</param>
/// <param name="name">What is being done.</param>
/// <param name="total">Bytes that it has to do; 0 if that is not known.</param>
public sealed class SyncPhase(int number, string name, long total)
{
    private long _done;
    private long _ended;
    private volatile SyncPhase? _next;
    private volatile int _count;

    public int Number => number;

    /// <summary>The number of phases, as far as it is known; 0 if it is not.</summary>
    public int Count
    {
        get => _count;
        internal set => _count = value;
    }

    public string Name => name;

    public long Total => total;

    /// <summary>When it began, as a value of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Began { get; } = Stopwatch.GetTimestamp();

    /// <summary>When the next one began; 0 before that.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Bytes done.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>The phase that came after it; null for the present one.</summary>
    public SyncPhase? Next => _next;

    internal void Advance(long bytes) => Interlocked.Add(ref _done, bytes);

    internal void End(SyncPhase next)
    {
        Interlocked.Exchange(ref _ended, next.Began);
        _next = next;
    }
}
