using System.Buffers.Binary;
using System.Text;
using MessagePack;

namespace BinarySync.Tests.Messages;

/// <summary>Takes a valid message apart, so that it can be annotated or bent.</summary>
internal static class MessageDissector
{
    public static MessageForge Dissect(byte[] message)
    {
        MessageForge forge = new()
        {
            Major = message[Preamble.MajorOffset],
            Minor = message[Preamble.MinorOffset],
            Kind = message[Preamble.KindOffset],
            Flags = message[Preamble.FlagsOffset],
        };
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(Preamble.HeaderLengthOffset));
        byte[] header = message[Preamble.Length..(Preamble.Length + headerLength)];
        forge.Header = Map(header);
        MessageHeader decoded = HeaderEncoding.Decode((MessageKind)forge.Kind, forge.Minor, header, "dissector", Preamble.Length);
        int position = Preamble.Length + headerLength + SectionHeader.ChecksumLength;
        while (true)
        {
            SectionHeader section = SectionHeader.Read(message.AsSpan(position), "dissector", position);
            position += SectionHeader.Length;
            byte[] payload = message[position..(position + section.StoredLength)];
            position += section.StoredLength;
            if (section.Type == SectionType.Trailer)
            {
                forge.Trailer = Map(payload, "digest", "sections");
                return forge;
            }

            // Operations can be bent only as they are, and no encoder's next version shall change a vector.
            if (section.Type == SectionType.Operations && section.Codec != FrameCodec.None)
            {
                byte[] raw = new byte[section.RawLength];
                _ = FrameDecompressor.TryDecompress(section.Codec, payload, raw);
                forge.Sections.Add(new ForgedSection
                {
                    Type = (byte)section.Type,
                    Flags = section.Flags,
                    Payload = Operations(raw, decoded.Hash.Length, forge.Kind == (byte)MessageKind.DataFile),
                });
                continue;
            }

            forge.Sections.Add(new ForgedSection
            {
                Type = (byte)section.Type,
                Codec = (byte)section.Codec,
                Flags = section.Flags,
                RawLength = section.Codec == FrameCodec.None ? null : (uint)section.RawLength,
                Payload = section.Type switch
                {
                    SectionType.Checksums => Checksums(payload, decoded.Hash.Length),
                    SectionType.RollingSums => Sums(payload),
                    SectionType.Operations => Operations(payload, decoded.Hash.Length, forge.Kind == (byte)MessageKind.DataFile),
                    _ when section.Codec == FrameCodec.Repeats => Repeats(payload, section.RawLength),
                    _ => [new Chunk("content", payload, "content")],
                },
            });
        }
    }

    private static ForgedMap Map(byte[] bytes, params string[] computed)
    {
        ForgedMap map = new();
        CanonicalReader reader = new(bytes, "dissector", 0);
        for (int left = reader.ReadMapHeader("map"); left > 0; left--)
        {
            string key = reader.ReadString("key");
            int from = (int)reader.Offset;
            reader.Skip(key);
            byte[] value = bytes[from..(int)reader.Offset];
            map.Append(key, value, Meaning(key, value), computed.Contains(key));
        }

        return map;
    }

    private static string Meaning(string key, byte[] value)
    {
        CanonicalReader reader = new(value, "dissector", 0);
        switch (value[0])
        {
            case <= MessagePackCode.MaxFixInt or (>= MessagePackCode.UInt8 and <= MessagePackCode.UInt64):
                return $"{reader.ReadUnsigned(key)}";
            case >= MessagePackCode.MinFixStr and < MessagePackCode.Nil or MessagePackCode.Str8:
                return Printable.Text(reader.ReadString(key));
            case >= MessagePackCode.MinFixArray and < MessagePackCode.MinFixStr when key == HeaderKeys.Ranges:
                StringBuilder text = new();
                for (int left = reader.ReadArrayHeader(key); left > 0; left--)
                {
                    text.Append(text.Length == 0 ? "" : " ").Append(reader.ReadUnsigned(key));
                }

                return $"[{text}]";
            case MessagePackCode.Bin8:
                return $"{value[1]} bytes";
            default:
                return key;
        }
    }

    private static List<Chunk> Repeats(byte[] payload, int rawLength)
    {
        List<Chunk> chunks =
        [
            new("literal codec", payload[..1], $"literals: codec {payload[0]}", JoinsNext: true),
            new("frames", payload[1..2], $"{payload[1]} {(payload[1] == 1 ? "frame" : "frames")} referred to"),
        ];
        int position = 2;
        for (int i = 0; i < payload[1]; i++)
        {
            int from = position;
            Varint.TryRead(payload, ref position, out long distance);
            chunks.Add(new($"distance {i}", payload[from..position], $"frame {i}: {distance} before this one"));
        }

        long at = 0;
        for (int i = 1; at < rawLength; i++)
        {
            int from = position;
            Varint.TryRead(payload, ref position, out long coded);
            bool isRepeat = (coded & 1) != 0;
            chunks.Add(
                new(
                    $"piece {i}",
                    payload[from..position],
                    $"piece {i}: {coded >> 1} x 2 + {coded & 1}: {(isRepeat ? "repeat" : "literal")}",
                    JoinsNext: isRepeat));
            if (isRepeat)
            {
                from = position + 1;
                byte frame = payload[position++];
                Varint.TryRead(payload, ref position, out long offset);
                chunks.Add(new($"frame of {i}", [frame], $"of frame {frame}", JoinsNext: true));
                chunks.Add(new($"offset {i}", payload[from..position], $"from byte {offset} on"));
            }

            at += coded >> 1;
        }

        chunks.Add(new("literals", payload[position..], "literals"));
        return chunks;
    }

    private static List<Chunk> Checksums(byte[] payload, int hashLength)
    {
        long first = BinaryPrimitives.ReadInt64LittleEndian(payload);
        int runs = BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(sizeof(long)));
        List<Chunk> chunks =
        [
            new("first", payload[..8], $"first block: {first}"),
            new("runs", payload[8..12], $"{runs} {(runs == 1 ? "run" : "runs")}"),
        ];
        List<Chunk> hashes = [];
        int position = 12;
        long block = first;
        for (int i = 1; i <= runs; i++)
        {
            int from = position;
            Varint.TryRead(payload, ref position, out long coded);
            long count = coded >> 1;
            bool isZero = (coded & 1) != 0;
            chunks.Add(
                new(
                    $"run {i}",
                    payload[from..position],
                    $"run {i}: {count} x 2 + {coded & 1}: {(isZero ? "zeros" : "data")}, {new BlockRun(block, count)}"));
            for (long j = 0; !isZero && j < count; j++)
            {
                hashes.Add(new($"hash {block + j}", new byte[hashLength], $"hash of block {block + j}"));
            }

            block += count;
        }

        foreach (Chunk hash in hashes)
        {
            chunks.Add(hash with { Bytes = payload[position..(position + hashLength)] });
            position += hashLength;
        }

        return chunks;
    }

    private static List<Chunk> Sums(byte[] payload) => [.. payload.Chunk(RollingSum.Length).Select(
        (sum, i) => new Chunk($"sum {i + 1}", sum, $"rolling sum of data block {i + 1} of the section before"))];

    private static List<Chunk> Operations(byte[] payload, int hashLength, bool isDataFile)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(payload);
        List<Chunk> chunks = [new("count", payload[..4], $"{count} {(count == 1 ? "operation" : "operations")}")];
        List<(string Name, string Meaning, int Length)> hashes = [];
        int position = 4;
        long end = 0;
        for (int i = 1; i <= count; i++)
        {
            int from = position;
            Varint.TryRead(payload, ref position, out long gap);
            int atBlocks = position;
            Varint.TryRead(payload, ref position, out long blocks);
            int kinds = payload[position];
            OldKind oldKind = (OldKind)(kinds >> 4);
            bool isShifted = (kinds & 0x0F) == OperationKinds.ShiftedCopy;
            NewKind newKind = isShifted ? NewKind.Copy : (NewKind)(kinds & 0x0F);
            string becomes = isShifted ? "shifted copy" : $"{newKind}";
            BlockRun run = new(end + gap, blocks);
            chunks.Add(
                new(
                    $"gap {i}",
                    payload[from..atBlocks],
                    i == 1 ? $"operation 1: first block {gap}" : $"operation {i}: gap {gap}",
                    JoinsNext: true));
            chunks.Add(new($"blocks {i}", payload[atBlocks..position], blocks == 1 ? "1 block" : $"{blocks} blocks", JoinsNext: true));
            chunks.Add(
                new($"kinds {i}", [payload[position++]], $"{oldKind} -> {becomes}".ToLowerInvariant(), JoinsNext: newKind == NewKind.Copy));
            if (newKind == NewKind.Copy)
            {
                int atSource = position;
                Varint.TryRead(payload, ref position, out long source);
                chunks.Add(new($"source {i}", payload[atSource..position], isShifted ? $"from byte {source}" : $"from block {source}"));
            }

            for (long j = run.First; oldKind == OldKind.Hashed && j < run.End; j++)
            {
                hashes.Add(($"old hash {j}", $"old hash of block {j}", hashLength));
            }

            for (long j = run.First; newKind.HasHashes() && j < run.End; j++)
            {
                hashes.Add(($"new hash {j}", $"new hash of block {j}", hashLength));
            }

            if (newKind == NewKind.Copy && isDataFile)
            {
                hashes.Add(($"sha256 {i}", $"SHA-256 of operation {i}", OperationGroup.Sha256Length));
            }

            end = run.End;
        }

        foreach ((string name, string meaning, int length) in hashes)
        {
            chunks.Add(new(name, payload[position..(position + length)], meaning));
            position += length;
        }

        return chunks;
    }
}
