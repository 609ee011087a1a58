using BinarySync.Format.Tests.Vectors;

namespace BinarySync.Format.Tests.Operations;

/// <summary>Reader and writer of data files hold their callers to the order: a group, then its frames.</summary>
public class DataFileWriterTests
{
    private readonly OperationReader _reader = new(
        new MemoryStream(Samples.DataFile().Build().Bytes), Refusal.Source, MessageKind.DataFile);
    private readonly OperationGroup _group = new();
    private readonly DataFileWriter _writer;

    public DataFileWriterTests()
    {
        Assert.True(_reader.ReadGroup(_group));
        _writer = new DataFileWriter(Stream.Null, _reader.FileHeader);
        _writer.WriteGroup(_group);
    }

    [Fact]
    public void The_next_group_waits_for_all_content() => Assert.Throws<InvalidOperationException>(() => _writer.WriteGroup(_group));

    [Fact]
    public void So_does_the_trailer() => Assert.Throws<InvalidOperationException>(() => _writer.Finish(new byte[16], new byte[16]));

    [Fact]
    public void There_is_no_more_content_than_the_operations_need() =>
        Assert.Throws<InvalidOperationException>(() => _writer.WriteFrame(FrameCodec.None, 769, new byte[769]));

    [Fact]
    public void The_next_group_is_not_read_before_the_frames() => Assert.Throws<InvalidOperationException>(() => _reader.ReadGroup(_group));

    [Fact]
    public void A_frame_can_be_taken_away_from_the_reader()
    {
        Assert.True(_reader.ReadFrame(out ReadOnlyMemory<byte> stored));
        byte[] content = stored.ToArray();
        byte[] taken = _reader.ExchangePayload([]);
        Assert.False(_reader.ReadFrame(out _));
        Assert.False(_reader.ReadGroup(_group));
        Assert.Equal(content, taken[..content.Length]);
        Assert.Equal(Samples.B[1024..], content);
    }
}
