using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

public sealed class BufferPoolTests
{
    [Fact]
    public void What_was_given_back_is_used_again_and_only_for_its_kind()
    {
        BufferPool pool = new();
        byte[]? plain = pool.Take(1000);
        byte[]? longer = pool.TakeAtLeast(2000);
        byte[]? aligned = pool.TakeAligned(1000, out int start);
        Assert.True(start is >= 0 and < 4096 && start + 1000 <= aligned.Length);
        (byte[] first, byte[] second, byte[] third) = (plain, longer, aligned);
        pool.Give(ref plain);
        pool.Give(ref longer);
        pool.GiveAligned(ref aligned);
        Assert.True(plain is null && longer is null && aligned is null);

        // A reader exchanges plain ones for longer ones: an aligned one must never get there.
        Assert.Same(second, pool.TakeAtLeast(1500));
        Assert.NotSame(third, pool.TakeAtLeast(1500));
        Assert.Same(first, pool.Take(1000));
        Assert.NotSame(first, pool.Take(1000));
        Assert.Same(third, pool.TakeAligned(1000, out _));
    }
}
