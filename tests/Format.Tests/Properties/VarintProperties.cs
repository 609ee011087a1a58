namespace BinarySync.Format.Tests.Properties;

public class VarintProperties
{
    [Fact]
    public void What_is_written_is_read() => Property.Holds(
        Property.Number(long.MaxValue),
        value =>
        {
            byte[] bytes = new byte[Varint.MaxLength + 1];
            int length = Varint.Write(bytes, value);
            int position = 0;
            Assert.True(Varint.TryRead(bytes.AsSpan(0, length), ref position, out long read));
            Assert.Equal((value, length), (read, position));

            // As short as the value's bits allow, and not a byte shorter is enough.
            int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value);
            Assert.Equal(Math.Max(1, (bits + 6) / 7), length);
            position = 0;
            Assert.False(Varint.TryRead(bytes.AsSpan(0, length - 1), ref position, out _));
        },
        times: 5_000);
}
