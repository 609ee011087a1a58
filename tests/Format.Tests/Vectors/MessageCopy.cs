namespace BinarySync.Format.Tests.Vectors;

/// <summary>Reads a message with our readers and writes it again with our writers. Compressed frames are passed on as they are.</summary>
internal static class MessageCopy
{
    public static byte[] Of(byte[] original)
    {
        using MemoryStream output = new();
        MessageReader message = new(new MemoryStream(original), Refusal.Source);
        switch (message.Kind)
        {
            case MessageKind.ChecksumRequest:
                CopyRequest(message, output);
                break;
            case MessageKind.ChecksumFile:
                CopyChecksums(message, output);
                break;
            case MessageKind.DataRequest:
                CopyDataRequest(message, output);
                break;
            default:
                CopyDataFile(message, output);
                break;
        }

        return output.ToArray();
    }

    private static void CopyRequest(MessageReader message, Stream output)
    {
        Assert.False(message.ReadSection());
        new MessageWriter(output, message.Header).Finish(new MessageTrailer());
    }

    private static void CopyChecksums(MessageReader message, Stream output)
    {
        using ChecksumFileReader reader = new(message);
        using ChecksumFileWriter writer = new(output, reader.Header);
        while (reader.ReadRun(out ChecksumRun run))
        {
            if (run.IsZero)
            {
                writer.AddZeros(run.Blocks);
            }
            else
            {
                writer.AddData(run.Blocks, run.Hashes.Span, run.Sums.Span);
            }
        }

        Assert.Equivalent(reader.Trailer, writer.Finish());
    }

    private static void CopyDataRequest(MessageReader message, Stream output)
    {
        OperationReader reader = new(message);
        DataRequestWriter writer = new(output, reader.RequestHeader);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                writer.Add(
                    operation.Blocks,
                    operation.New,
                    operation.Old,
                    group.OldHashes(operation),
                    group.NewHashes(operation),
                    operation.Source,
                    operation.Shift);
            }
        }

        writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot.ToArray());
    }

    private static void CopyDataFile(MessageReader message, Stream output)
    {
        OperationReader reader = new(message);
        DataFileWriter writer = new(output, reader.FileHeader);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            writer.WriteGroup(group);
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                writer.WriteFrame(reader.Frame.Codec, reader.Frame.RawLength, stored.Span);
            }
        }

        writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot);
    }
}
