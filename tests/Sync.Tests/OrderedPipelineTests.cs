using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>Several threads, results in order, a bound on the slots; and an end, whatever goes wrong.</summary>
public sealed class OrderedPipelineTests
{
    private const int Items = 3000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(16)]
    public void Results_come_in_order_however_long_the_work_takes(int threads)
    {
        int next = 0;
        int slots = 0;
        int taking = 0;
        int emitting = 0;
        List<int> emitted = [];
        Random[] delays = [.. Enumerable.Range(0, threads + 2).Select(i => new Random(i))];

        OrderedPipeline<Slot>.Run(
            threads,
            () => new Slot(slots++),
            slot =>
            {
                Assert.Equal(1, Interlocked.Increment(ref taking));
                slot.Item = next++;
                Interlocked.Decrement(ref taking);
                return slot.Item < Items;
            },
            slot =>
            {
                Spin(delays[slot.Number].Next(400));
                slot.Result = slot.Item * 2;
            },
            slot =>
            {
                Assert.Equal(1, Interlocked.Increment(ref emitting));
                Spin(slot.Item % 50);
                emitted.Add(slot.Result);
                Interlocked.Decrement(ref emitting);
            },
            CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, Items).Select(i => i * 2), emitted);
        Assert.Equal(threads == 1 ? 1 : threads + 2, slots);
    }

    [Fact]
    public void An_item_that_is_stuck_stops_the_others_when_the_slots_are_used_up()
    {
        // Item 0 is done only when all other slots have been taken and worked on: were there no bound, the count would go on.
        const int Threads = 3;
        int next = 0;
        int worked = 0;
        int mostAhead = 0;
        int emitted = 0;
        OrderedPipeline<Slot>.Run(
            Threads,
            () => new Slot(0),
            slot =>
            {
                slot.Item = next++;
                mostAhead = Math.Max(mostAhead, slot.Item - Volatile.Read(ref emitted));
                return slot.Item < 100;
            },
            slot =>
            {
                if (slot.Item == 0)
                {
                    SpinUntil(() => Volatile.Read(ref worked) >= Threads + 1);
                    Spin(20_000);
                }

                Interlocked.Increment(ref worked);
            },
            _ => emitted++,
            CancellationToken.None);

        Assert.Equal(100, emitted);
        Assert.Equal(Threads + 1, mostAhead);
    }

    [Fact]
    public void With_one_thread_all_is_done_by_the_caller_s()
    {
        HashSet<int> threads = [];
        int next = 0;
        OrderedPipeline<Slot>.Run(
            1,
            () => new Slot(0),
            _ => threads.Add(Environment.CurrentManagedThreadId) | (next++ < 10),
            _ => threads.Add(Environment.CurrentManagedThreadId),
            _ => threads.Add(Environment.CurrentManagedThreadId),
            CancellationToken.None);

        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_cancelled_during_the_last_item_is_cancelled(int threads)
    {
        using CancellationTokenSource source = new();
        using ManualResetEventSlim ended = new();
        int next = 0;
        int emitted = 0;
        Assert.Throws<OperationCanceledException>(() => OrderedPipeline<Slot>.Run(
            threads,
            () => new Slot(0),
            _ => ++next == 1 || End(),
            _ =>
            {
                // With a second thread, the end is known before: nobody asks for another item afterwards.
                Assert.True(threads == 1 || ended.Wait(TimeSpan.FromSeconds(60)));
                source.Cancel();
            },
            _ => emitted++,
            source.Token));

        Assert.Equal(1, emitted);

        bool End()
        {
            ended.Set();
            return false;
        }
    }

    [Theory]
    [InlineData(1, "take")]
    [InlineData(1, "work")]
    [InlineData(1, "emit")]
    [InlineData(4, "take")]
    [InlineData(4, "work")]
    [InlineData(4, "emit")]
    public void What_is_thrown_anywhere_comes_out_and_ends_all_threads(int threads, string where)
    {
        for (int round = 0; round < 50; round++)
        {
            int next = 0;
            int inside = 0;
            int last = -1;
            int failsAt = round * 3;
            int takenAfterFailure = 0;
            Action run = () => OrderedPipeline<Slot>.Run(
                threads,
                () => new Slot(0),
                slot => Inside(() =>
                {
                    slot.Item = next++;
                    takenAfterFailure += where == "take" && slot.Item > failsAt ? 1 : 0;
                    FailIf(where == "take" && slot.Item == failsAt);
                    return slot.Item < 1000;
                }),
                slot => Inside(() =>
                {
                    Spin(slot.Item % 7 * 30);
                    FailIf(where == "work" && slot.Item == failsAt);
                    return true;
                }),
                slot => Inside(() =>
                {
                    Assert.Equal(last + 1, slot.Item);
                    FailIf(where == "emit" && slot.Item == failsAt);
                    last = slot.Item;
                    return true;
                }),
                CancellationToken.None);

            Assert.Throws<NotSupportedException>(run);
            Assert.Equal((0, 0), (inside, takenAfterFailure));
            Assert.True(last < failsAt);

            bool Inside(Func<bool> body)
            {
                Interlocked.Increment(ref inside);
                try
                {
                    return body();
                }
                finally
                {
                    Interlocked.Decrement(ref inside);
                }
            }
        }

        static void FailIf(bool condition)
        {
            if (condition)
            {
                throw new NotSupportedException();
            }
        }
    }

    [Fact]
    public void The_stack_of_what_was_thrown_on_another_thread_is_kept()
    {
        int next = 0;
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => OrderedPipeline<Slot>.Run(
            3, () => new Slot(0), slot => (slot.Item = next++) < 100, slot => ThrowAt(slot.Item), _ => { }, CancellationToken.None));

        Assert.Contains(nameof(ThrowAt), error.StackTrace, StringComparison.Ordinal);

        static void ThrowAt(int item)
        {
            if (item == 50)
            {
                throw new InvalidDataException();
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancelling_ends_it_before_the_next_item(int threads)
    {
        using CancellationTokenSource source = new();
        int taken = 0;
        Assert.Throws<OperationCanceledException>(() => OrderedPipeline<Slot>.Run(
            threads,
            () => new Slot(0),
            slot =>
            {
                slot.Item = taken++;
                if (slot.Item == 20)
                {
                    source.Cancel();
                }

                return true;
            },
            _ => { },
            _ => { },
            source.Token));

        Assert.Equal(21, taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Nothing_to_do_is_done_at_once(int threads)
    {
        OrderedPipeline<Slot>.Run(threads, () => new Slot(0), _ => false, _ => Assert.Fail(), _ => Assert.Fail(), CancellationToken.None);
    }

    private static void Spin(int iterations) => Thread.SpinWait(iterations);

    private static void SpinUntil(Func<bool> condition)
    {
        SpinWait wait = default;
        while (!condition())
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private sealed class Slot(int number)
    {
        public int Number => number;

        public int Item { get; set; }

        public int Result { get; set; }
    }
}
