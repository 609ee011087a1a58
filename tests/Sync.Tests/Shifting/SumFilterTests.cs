using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>The filter lets through all sums that it knows, at any place, and few others.</summary>
public sealed class SumFilterTests
{
    [Theory]
    [InlineData(0, 1001)]
    [InlineData(1, 15)]
    [InlineData(1000, 1024)]
    [InlineData(900_000, 1027)]
    public void The_filter_forgets_no_sum(int known, int length)
    {
        Random random = new(known);
        uint[] ofFilter = [.. Enumerable.Range(0, known).Select(_ => (uint)random.NextInt64())];
        SumFilter filter = new(ofFilter, known);
        uint[] sums = [.. Enumerable.Range(0, length).Select(_ => (uint)random.NextInt64())];
        for (int i = 0; known > 0 && i < length; i += 3)
        {
            sums[i] = ofFilter[random.Next(known)];
        }

        int[] found = new int[length];
        int[] selected = found[..filter.Select(sums, found)];
        Assert.Equal(selected.Order().Distinct(), selected);
        Assert.Empty(known == 0 ? [] : Enumerable.Range(0, length).Where(i => i % 3 == 0).Except(selected));
        Assert.InRange(selected.Length, 0, (known == 0 ? 0 : (length + 2) / 3) + (length / 10));
    }
}
