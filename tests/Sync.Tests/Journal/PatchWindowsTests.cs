using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>What is written between two flushes.</summary>
public sealed class PatchWindowsTests
{
    private static readonly BlockGeometry Target = new(4096, 512);

    [Fact]
    public void A_window_takes_groups_as_long_as_there_is_room()
    {
        OperationGroup group = Group();
        PatchWindows windows = new(2 * 4096);
        for (int i = 0; i < 5; i++)
        {
            windows.Add(group, Target);
        }

        Assert.Equal([3, 5, 6], windows.All.Select(window => window.EndGroup));
        Assert.All(windows.All, window => Assert.Equal(new BlockRun(0, 8), window.Blocks));
    }

    [Fact]
    public void Zeros_count_as_they_are_written()
    {
        // All of it becomes zeros: no content at all.
        OperationGroup group = FourSteps.Groups(FourSteps.DataFile(Content(1), new byte[4096]))[0];
        Assert.Equal(0, group.ContentLength);
        PatchWindows windows = new(4096);
        windows.Add(group, Target);
        windows.Add(group, Target);

        Assert.Equal(2, windows.All.Count);
    }

    [Fact]
    public void Where_there_are_too_many_each_becomes_twice_as_long()
    {
        OperationGroup group = Group();
        PatchWindows windows = new(1);
        for (int added = 1; added <= 20_000; added++)
        {
            windows.Add(group, Target);

            Assert.InRange(windows.All.Count, 1, 4096);
            Assert.Equal(added + 1, windows.All[^1].EndGroup);
        }

        // None is lost, and none is empty.
        long[] ends = [1, .. windows.All.Select(window => window.EndGroup)];
        Assert.All(Enumerable.Range(1, windows.All.Count), i => Assert.True(ends[i] > ends[i - 1]));
        Assert.True(windows.All.Count > 1024);
    }

    private static OperationGroup Group() => FourSteps.Groups(FourSteps.DataFile(Content(1), Content(2)))[0];

    private static byte[] Content(int seed)
    {
        byte[] content = new byte[4096];
        new Random(seed).NextBytes(content);
        return content;
    }
}
