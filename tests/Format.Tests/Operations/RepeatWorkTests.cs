namespace BinarySync.Format.Tests.Operations;

/// <summary>How much decoding a message can ask for.</summary>
public class RepeatWorkTests
{
    private const int Frame = FormatLimits.MaxFrameSize;

    [Fact]
    public void A_few_bytes_cannot_ask_for_hours_of_decoding()
    {
        MessageFormatException refused = Assert.Throws<MessageFormatException>(() => ReadAll(DataFile(frames: 400)));
        Assert.Equal((FormatError.Unsupported, "frames"), (refused.Error, refused.Field));
        Assert.True(refused.Offset < 10_000, $"refused at {refused.Offset} only");
    }

    [Fact]
    public void A_gibibyte_is_granted_to_any_message() => Assert.Equal(32, ReadAll(DataFile(frames: 32)));

    // Sixteen frames of one byte over and over, and then frames of which each refers to sixteen before it.
    private static byte[] DataFile(int frames)
    {
        DataRequestHeader header = new() { BlockSize = Frame, Hash = BlockHash.Xxh3, BaseSize = 0, TargetSize = (long)frames * Frame };
        using MemoryStream request = new();
        DataRequestWriter operations = new(request, header);
        operations.Add(new BlockRun(0, frames), NewKind.Data, OldKind.Absent, [], new byte[frames * header.Hash.Length]);
        operations.Finish(new byte[16], new byte[16]);
        request.Position = 0;

        OperationReader reader = new(request, "update.dtr", MessageKind.DataRequest);
        using MemoryStream output = new();
        DataFileWriter writer = new(output, new DataFileHeader(header, Frame));
        OperationGroup group = new();
        for (int frame = 0; reader.ReadGroup(group);)
        {
            writer.WriteGroup(group);
            for (long left = group.ContentLength; left > 0; left -= Frame, frame++)
            {
                writer.WriteFrame(frame < 16 ? FrameCodec.Brotli : FrameCodec.Repeats, Frame, frame < 16 ? [1, 2, 3] : Repeating());
            }
        }

        writer.Finish(new byte[16], new byte[16]);
        return output.ToArray();
    }

    // Nobody decodes it here: the literals need not be right.
    private static byte[] Repeating()
    {
        List<byte> payload = [(byte)FrameCodec.Brotli, 16];
        payload.AddRange(Enumerable.Range(1, 16).Select(distance => (byte)distance));
        Span<byte> number = stackalloc byte[Varint.MaxLength];
        for (int i = 0; i < 16; i++)
        {
            payload.AddRange(number[..Varint.Write(number, (FormatLimits.MinRepeatLength << 1) | 1)]);
            payload.AddRange([(byte)i, 0]);
        }

        payload.AddRange(number[..Varint.Write(number, (Frame - (16L * FormatLimits.MinRepeatLength)) << 1)]);
        payload.Add(0);
        return [.. payload];
    }

    private static int ReadAll(byte[] dataFile)
    {
        OperationReader reader = new(new MemoryStream(dataFile), Refusal.Source, MessageKind.DataFile);
        OperationGroup group = new();
        int frames = 0;
        while (reader.ReadGroup(group))
        {
            while (reader.ReadFrame(out _))
            {
                frames++;
            }
        }

        return frames;
    }
}
