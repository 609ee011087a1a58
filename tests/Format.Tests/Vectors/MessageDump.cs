using System.Text;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>Reads a message of any kind to its end, content included, and says what is in it.</summary>
internal static class MessageDump
{
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public static string Read(byte[] message, MessageKind kind)
    {
        using MemoryStream input = new(message, writable: false);
        return Read(input, kind, MessageBytes.ReaderOf(message));
    }

    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public static string Read(Stream input, MessageKind kind, ReadMessageAt? readAt = null)
    {
        StringBuilder text = new();
        MessageReader message = new MessageReader(input, Refusal.Source).Require(kind);
        AddHeader(text, message);
        MessageTrailer trailer = kind switch
        {
            MessageKind.ChecksumRequest => ReadRequest(message),
            MessageKind.ChecksumFile => ReadChecksums(text, message),
            _ => ReadOperations(text, message, readAt),
        };
        AddTrailer(text, trailer);
        return text.ToString();
    }

    private static MessageTrailer ReadRequest(MessageReader message)
    {
        while (message.ReadSection())
        {
            Assert.Fail("a checksum request has no sections of known types");
        }

        return message.Trailer;
    }

    private static ChecksumFileTrailer ReadChecksums(StringBuilder text, MessageReader message)
    {
        using ChecksumFileReader reader = new(message);
        while (reader.ReadRun(out ChecksumRun run))
        {
            text.Append($"{run.Blocks} {(run.IsZero ? "zeros" : "data")}");
            AddHashes(text, " ", run.Hashes.Span, message.Header.Hash.Length);
            AddHashes(text, " ~", run.Sums.Span, RollingSum.Length);
            text.AppendLine();
        }

        return reader.Trailer;
    }

    private static OperationsTrailer ReadOperations(StringBuilder text, MessageReader message, ReadMessageAt? readAt)
    {
        OperationReader reader = new(message);
        FrameDecoder decoder = new(Refusal.Source, readAt);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            text.AppendLine($"group of {group.Operations.Count}, {group.ContentLength} bytes of content");
            foreach (Operation operation in group.Operations)
            {
                string from = operation.Shift > 0 ? $" from byte {operation.SourceOffset(reader.Geometry.Target)}" : "";
                text.AppendLine($"  {operation.Blocks} {operation.Old} -> {operation.New}{from}");
            }

            ContentChecker checker = new(reader, decoder, group);
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                text.AppendLine($"  frame {reader.Frame.Codec} {reader.Frame.RawLength}");
                checker.Check(stored.Span);
            }
        }

        return reader.Trailer;
    }

    private static void AddHeader(StringBuilder text, MessageReader message)
    {
        MessageHeader header = message.Header;
        text.AppendLine($"{message.Kind.Words()} 1.{message.Minor}");
        text.AppendLine($"blocks of {header.BlockSize}, {header.Hash.Name}, coverage {header.Coverage}");
        Add("label", header.Label);
        OperationsHeader? operations = header as OperationsHeader;
        Add("size", (header as ChecksumFileHeader)?.Size);
        bool sums = header is ChecksumFileHeader { HasRollingSums: true } or ChecksumRequestHeader { WantsRollingSums: true };
        Add("rolling sums", sums ? "yes" : null);
        Add("base size", operations?.BaseSize);
        Add("target size", operations?.TargetSize);
        Add("frame size", (header as DataFileHeader)?.FrameSize);
        Add("forward", operations is { IsForward: true } ? "yes" : null);
        if (header.Parent is { } parent)
        {
            text.AppendLine(
                $"refines blocks of {parent.BlockSize}, {parent.Hash.Name}, coverage {parent.Coverage}, sizes {parent.BaseSize} and "
                    + $"{parent.TargetSize}");
            text.AppendLine(
                $"  from {Convert.ToHexStringLower(parent.BaseRoot.Span)} to {Convert.ToHexStringLower(parent.TargetRoot.Span)}");
        }

        foreach (BaseIdentity one in operations?.Bases ?? new BaseList([]))
        {
            text.AppendLine($"for base {Convert.ToHexStringLower(one.Root.Span)} of {one.Size}");
        }

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                text.AppendLine($"{name} {value}");
            }
        }
    }

    private static void AddTrailer(StringBuilder text, MessageTrailer trailer)
    {
        text.AppendLine($"{trailer.Sections} sections, digest {Convert.ToHexStringLower(trailer.Digest.Span)}");
        ChecksumFileTrailer? checksums = trailer as ChecksumFileTrailer;
        OperationsTrailer? operations = trailer as OperationsTrailer;
        Add("groups", operations?.Groups);
        Add("operations", operations?.Operations);
        Add("data blocks", checksums?.DataBlocks ?? operations?.DataBlocks);
        Add("data bytes", operations?.DataBytes);
        Add("zero blocks", checksums?.ZeroBlocks ?? operations?.ZeroBlocks);
        Add("copy blocks", operations?.CopyBlocks);
        AddRoot("root", checksums?.Root);
        AddRoot("base root", operations?.BaseRoot);
        AddRoot("target root", operations?.TargetRoot);

        void Add(string name, long? value)
        {
            if (value is not null)
            {
                text.AppendLine($"{name} {value}");
            }
        }

        void AddRoot(string name, ReadOnlyMemory<byte>? value)
        {
            if (value is { IsEmpty: false } root)
            {
                text.AppendLine($"{name} {Convert.ToHexStringLower(root.Span)}");
            }
        }
    }

    private static void AddHashes(StringBuilder text, string separator, ReadOnlySpan<byte> hashes, int hashLength)
    {
        for (int at = 0; at < hashes.Length; at += hashLength)
        {
            text.Append(separator).Append(Convert.ToHexStringLower(hashes.Slice(at, hashLength)));
        }
    }
}

/// <summary>Checks the content of a group: each frame decompresses, and each block has its new hash (Format.md 8).</summary>
internal sealed class ContentChecker
{
    private readonly OperationReader _reader;
    private readonly FrameDecoder _decoder;
    private readonly OperationGroup _group;
    private readonly IEnumerator<(Operation Operation, long Index)> _blocks;
    private readonly RunningHash _hash;
    private int _left;

    public ContentChecker(OperationReader reader, FrameDecoder decoder, OperationGroup group)
    {
        _reader = reader;
        _decoder = decoder;
        _group = group;
        _hash = reader.Header.Hash.StartBlock();
        _blocks = BlocksOf(group).GetEnumerator();
    }

    public void Check(ReadOnlySpan<byte> stored)
    {
        if (_reader.Frame.Codec == FrameCodec.Prefix)
        {
            // Without old content only its form can be checked.
            if (!ZstdFrame.IsOneFrame(stored, _reader.Frame.RawLength))
            {
                throw Damaged("is not a frame of the allowed form");
            }

            return;
        }

        byte[] raw = MessageBytes.Decode(_decoder, _reader, stored);
        for (int at = 0; at < raw.Length;)
        {
            if (_left == 0)
            {
                _blocks.MoveNext();
                _left = _reader.Geometry.Target.LengthOf(_blocks.Current.Operation.Blocks.First + _blocks.Current.Index);
            }

            int step = Math.Min(_left, raw.Length - at);
            _hash.Append(raw.AsSpan(at, step));
            at += step;
            _left -= step;
            if (_left == 0)
            {
                byte[] value = new byte[_reader.Header.Hash.Length];
                _hash.Finish(value);
                if (!_group.NewHash(_blocks.Current.Operation, _blocks.Current.Index).SequenceEqual(value))
                {
                    throw Damaged("has a block that its new hash is not of");
                }
            }
        }
    }

    private static IEnumerable<(Operation Operation, long Index)> BlocksOf(OperationGroup group)
    {
        foreach (Operation operation in group.Operations.Where(operation => operation.New == NewKind.Data))
        {
            for (long i = 0; i < operation.Blocks.Count; i++)
            {
                yield return (operation, i);
            }
        }
    }

    private MessageFormatException Damaged(string what) => new(
        FormatError.Damaged, _reader.Source, _reader.FramePosition.Offset, "content", $"section {_reader.FramePosition.Number} {what}");
}
