using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Prefix;

/// <summary>Whether an earlier frame may be repeated (Format.md 8.1).</summary>
public sealed class FrameChoicesTests
{
    // Frames are taken ahead of the one that asks, as many as a pipeline has slots.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    public void The_oldest_frame_that_may_be_asked_about_is_still_known(int ahead)
    {
        FrameChoices choices = new();
        choices.Begin(7);
        choices.Decide(7, isOverOld: true);
        for (int frame = 8; frame <= 7 + FormatLimits.MaxRepeatDistance + ahead; frame++)
        {
            choices.Begin(frame);
        }

        Assert.True(choices.IsOverOld(7));
    }

    [Fact]
    public async Task Who_asks_waits_for_the_answer()
    {
        FrameChoices choices = new();
        choices.Begin(0);
        Task<bool> asked = Task.Run(() => choices.IsOverOld(0));
        Assert.NotEqual(asked, await Task.WhenAny(asked, Task.Delay(50)));

        choices.Decide(0, isOverOld: true);

        Assert.True(await asked);
    }

    [Fact]
    public async Task Nobody_waits_for_a_run_that_has_failed()
    {
        FrameChoices choices = new();
        choices.Begin(0);
        Task<bool> asked = Task.Run(() => choices.IsOverOld(0));

        choices.Abandon();

        Assert.False(await asked);
    }
}
