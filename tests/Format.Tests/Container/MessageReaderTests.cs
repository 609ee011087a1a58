using BinarySync.Format.Tests.Vectors;

namespace BinarySync.Format.Tests.Container;

public class MessageReaderTests
{
    [Theory]
    [InlineData("", FormatError.Truncated, 0)]
    [InlineData("8F", FormatError.Truncated, 1)]
    [InlineData("8F 42 53 59 4E 0D 0A 1A", FormatError.Truncated, 8)]
    [InlineData("8F 42 53 59 4E 0D 0A 1A 01", FormatError.Truncated, 9)]
    [InlineData("8F 42 53 59 4E 0D 0A 1A 02 00", FormatError.NewerVersion, 8)] // two bytes suffice to say so
    [InlineData("8F 42 53 59 4E 0A", FormatError.TextModeDamage, 5)]
    [InlineData("8F 42 53 59 4E 0A 1A 01 00", FormatError.TextModeDamage, 5)]
    [InlineData("68", FormatError.NotAMessage, 0)]
    [InlineData("68 65 6C 6C 6F 20 77 6F", FormatError.NotAMessage, 0)]
    [InlineData("68 65 6C 6C 6F 20 77 6F 72", FormatError.NotAMessage, 0)]
    [InlineData("68 65 6C 6C 6F 20 77 6F 72 6C 64 20 20 20 20 20 20", FormatError.NotAMessage, 0)]
    public void The_first_bytes_say_what_is_wrong(string bytes, FormatError error, long offset) =>
        Refusal.Of(error, offset, () => new MessageReader(new MemoryStream(Hex.Bytes(bytes)), Refusal.Source));

    [Theory]
    [InlineData("CF 40 00 00 00 00 00 00 00  01")] // ends one block later than it may
    [InlineData("00  CF 40 00 00 00 00 00 00 00  CF 40 00 00 00 00 00 00 00  01")] // 2^62 + 2^62 is negative in 64 bits
    [InlineData("00  CF 40 00 00 00 00 00 00 00  CF 3F FF FF FF FF FF FF FF  CF 40 00 00 00 00 00 00 00")]
    public void Ranges_do_not_overflow(string numbers)
    {
        byte[] array = [(byte)(0x90 + (numbers.Split("  ").Length)), .. Hex.Bytes(numbers)];
        MessageForge forge = Samples.ChecksumRequest();
        forge.Header.Insert("ranges", array, "");
        MessageFormatException exception = Assert.Throws<MessageFormatException>(
            () => MessageDump.Read(forge.Build().Bytes, MessageKind.ChecksumRequest));
        Assert.Equal((FormatError.Invalid, "ranges"), (exception.Error, exception.Field));
    }

    [Theory]
    [InlineData(MessageKind.ChecksumRequest, SectionType.Checksums)]
    [InlineData(MessageKind.ChecksumRequest, SectionType.Operations)]
    [InlineData(MessageKind.ChecksumRequest, SectionType.Content)]
    [InlineData(MessageKind.ChecksumFile, SectionType.Operations)]
    [InlineData(MessageKind.ChecksumFile, SectionType.Content)]
    [InlineData(MessageKind.DataRequest, SectionType.Checksums)]
    [InlineData(MessageKind.DataRequest, SectionType.Content)]
    [InlineData(MessageKind.DataFile, SectionType.Checksums)]
    public void A_kind_has_its_own_sections_only(MessageKind kind, SectionType type)
    {
        MessageForge forge = Samples.OfKind(kind);
        forge.Sections.Add(new ForgedSection { Type = (byte)type, Payload = [new Chunk("x", [1], "")] });
        ForgedMessage message = forge.Build();
        Refusal.Of(
            FormatError.Invalid, message.OffsetOf($"s{forge.Sections.Count}"), "section type",
            () => MessageDump.Read(message.Bytes, kind));
    }

    [Fact]
    public void The_buffer_may_be_exchanged_for_an_empty_one()
    {
        byte[] message = Samples.ChecksumFile().Build().Bytes;
        MessageReader reader = new(new MemoryStream(message), Refusal.Source);
        reader.ExchangePayload([]);
        Assert.True(reader.ReadSection());
        Assert.False(reader.ReadSection());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_stream_that_gives_little_at_a_time_is_read_to_its_end(int step)
    {
        foreach (MessageKind kind in Enum.GetValues<MessageKind>())
        {
            byte[] message = Samples.OfKind(kind).Build().Bytes;
            Assert.Equal(MessageDump.Read(message, kind), MessageDump.Read(new SlowStream(message, step), kind));
        }
    }

    [Fact]
    public void A_message_of_the_most_ranges_is_read()
    {
        BlockCoverage coverage = BlockCoverage.Of(Enumerable.Range(0, FormatLimits.MaxRanges).Select(i => new BlockRun(2L * i, 1)));
        byte[] message = Samples.ChecksumRequest(BlockHash.Xxh3, coverage).Build().Bytes;
        Assert.Equal(coverage, new MessageReader(new MemoryStream(message), Refusal.Source).Header.Coverage);
        Refusal.Of(FormatError.Truncated, 100_000, () => new MessageReader(new MemoryStream(message, 0, 100_000), Refusal.Source));
    }

    [Fact]
    public void Content_can_be_passed_over()
    {
        byte[] message = Samples.DataFile().Build().Bytes;
        OperationReader reader = new(new MemoryStream(message), Refusal.Source, MessageKind.DataFile, skipContent: true);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                Assert.True(stored.IsEmpty);
            }
        }

        Assert.Equal(message.Length, reader.Position);
    }

    private sealed class SlowStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(step, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(step, count));
    }
}
