using System.Runtime.ExceptionServices;

namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Runs work on several threads and emits the results in order. Each thread takes an item and works on it. Then the thread that has the
/// next result in order emits it and the results that follow. The number of slots bounds the memory. With one thread, only the caller's
/// runs.
/// </summary>
/// <typeparam name="TSlot">Holds an item and its buffers; reused many times.</typeparam>
internal sealed class OrderedPipeline<TSlot>
    where TSlot : class
{
    // A thread whose result is not due yet continues with another slot: with two spare slots, no thread waits for long.
    private const int SpareSlots = 2;

    private readonly object _gate = new();
    private readonly Func<TSlot, bool> _take;
    private readonly Action<TSlot> _work;
    private readonly Action<TSlot> _emit;
    private readonly CancellationToken _cancellation;
    private readonly Stack<TSlot> _free = new();
    private readonly TSlot?[] _finished;
    private readonly int _threads;
    private long _nextTaken;
    private long _nextEmitted;
    private bool _emitting;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;

    private OrderedPipeline(
        int threads, Func<TSlot> createSlot, Func<TSlot, bool> take, Action<TSlot> work, Action<TSlot> emit, CancellationToken cancellation)
    {
        _threads = threads;
        _take = take;
        _work = work;
        _emit = emit;
        _cancellation = cancellation;
        int slots = threads == 1 ? 1 : threads + SpareSlots;
        _finished = new TSlot?[slots];
        for (int i = 0; i < slots; i++)
        {
            _free.Push(createSlot());
        }
    }

    /// <summary>Runs until <paramref name="take"/> reports the end, or something throws.</summary>
    /// <param name="threads">At least 1.</param>
    /// <param name="createSlot">Makes a slot.</param>
    /// <param name="take">Fills a slot with the next item; false at the end. Called by one thread at a time, in order.</param>
    /// <param name="work">Works on the slot; called by many threads at once.</param>
    /// <param name="emit">Uses the result; called by one thread at a time, in order.</param>
    /// <param name="cancellation">Checked before each item, and once more after the last.</param>
    /// <exception cref="Exception">The first exception thrown by any of the three, or the cancellation.</exception>
    public static void Run(
        int threads, Func<TSlot> createSlot, Func<TSlot, bool> take, Action<TSlot> work, Action<TSlot> emit, CancellationToken cancellation)
    {
        OrderedPipeline<TSlot> pipeline = new(threads, createSlot, take, work, emit, cancellation);
        pipeline.RunThreads();
    }

    private void RunThreads()
    {
        List<Thread> others = [];
        try
        {
            for (int number = 2; number <= _threads; number++)
            {
                Thread other = new(RunOne) { IsBackground = true, Name = $"pipeline {number}" };
                other.Start();
                others.Add(other);
            }
        }
        catch (Exception exception) when (exception is ThreadStartException or OutOfMemoryException)
        {
            // The system gives no more threads: the running ones do the work.
            _ = exception;
        }

        RunOne();
        others.ForEach(other => other.Join());

        _failure?.Throw();

        // All items may have been taken before the first was worked on: what is asked for meanwhile must not wait for the next pass.
        _cancellation.ThrowIfCancellationRequested();
    }

    private void RunOne()
    {
        try
        {
            while (Take(out TSlot? slot, out long number))
            {
                _work(slot!);
                Finish(slot!, number);
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                Fail(exception);
            }
        }
    }

    private void Fail(Exception exception)
    {
        _failure ??= ExceptionDispatchInfo.Capture(exception);
        Monitor.PulseAll(_gate);
    }

    private bool Take(out TSlot? slot, out long number)
    {
        lock (_gate)
        {
            while (!_ended && _failure is null && _free.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            slot = null;
            number = _nextTaken;
            if (_ended || _failure is not null)
            {
                return false;
            }

            try
            {
                _cancellation.ThrowIfCancellationRequested();
                slot = _free.Pop();
                if (_take(slot))
                {
                    _nextTaken++;
                    return true;
                }
            }
            catch (Exception exception)
            {
                // Before the gate opens: no other thread may take the next item after this failure.
                Fail(exception);
                return false;
            }

            _ended = true;
            Monitor.PulseAll(_gate);
            return false;
        }
    }

    private void Finish(TSlot slot, long number)
    {
        lock (_gate)
        {
            _finished[number % _finished.Length] = slot;
            if (_emitting)
            {
                return;
            }

            _emitting = true;
        }

        while (true)
        {
            TSlot? due;
            lock (_gate)
            {
                due = _finished[_nextEmitted % _finished.Length];
                if (due is null || _failure is not null)
                {
                    _emitting = false;
                    return;
                }
            }

            _emit(due);
            lock (_gate)
            {
                _finished[_nextEmitted % _finished.Length] = null;
                _nextEmitted++;
                _free.Push(due);
                Monitor.Pulse(_gate);
            }
        }
    }
}
