namespace BinarySync.Format.Tests.Container;

public class FramePlacesTests
{
    [Fact]
    public void The_last_frames_are_known_by_their_distance()
    {
        const long Count = (2L * FormatLimits.MaxRepeatDistance) + 5;
        FramePositions places = new();
        Assert.False(places.TryFind(1, out _));
        for (long i = 0; i < Count; i++)
        {
            places.Add(i * 100);
            Assert.True(places.TryFind(1, out long last) && last == i * 100);
            Assert.Equal(i >= 63, places.TryFind(64, out _));
            long farthest = Math.Min(i + 1, FormatLimits.MaxRepeatDistance);
            Assert.True(places.TryFind(farthest, out long first) && first == (i + 1 - farthest) * 100);
        }
    }
}
