using System.Buffers.Binary;

namespace BinarySync.Tests.Messages;

/// <summary>
/// Makes a bent message fit itself again where a mutation would otherwise end at the first comparison: the new hashes of its content, the
/// counts of its trailer, the root of its checksums. What is left often is a message that is right, and another one. What cannot be read
/// is left.
/// </summary>
internal static class MessageFitter
{
    /// <summary>Stores all content uncompressed, so that bytes of it can be bent.</summary>
    public static void Unpack(MessageForge forge)
    {
        if (!IsSmall(forge))
        {
            return;
        }

        // From the last to the first: what a frame repeats is literal in its source only as long as that is as it was.
        for (int i = forge.Sections.Count - 1; i >= 0; i--)
        {
            ForgedSection section = forge.Sections[i];
            if (section.Type == (byte)SectionType.Content && section.Codec != 0 && RawContent(forge, i) is { } raw)
            {
                section.Codec = (byte)FrameCodec.None;
                section.RawLength = null;
                section.Payload = [new Chunk("content", raw, "content")];
            }
        }
    }

    /// <summary>True where all content may be held in memory several times.</summary>
    public static bool IsSmall(MessageForge forge)
    {
        const long MostContent = 2 << 20;
        return forge.Sections.Sum(section => (long)(section.RawLength ?? 0)) <= MostContent;
    }

    /// <summary>Sets hashes, counts and root to what the message has.</summary>
    public static void Fit(MessageForge forge)
    {
        switch (HeaderOf(forge))
        {
            case ChecksumFileHeader header:
                FitChecksums(forge, header);
                break;
            case OperationsHeader header:
                FitOperations(forge, header);
                break;
        }
    }

    /// <summary>The header as a reader would see it; null where it would be refused.</summary>
    public static MessageHeader? HeaderOf(MessageForge forge)
    {
        try
        {
            return HeaderEncoding.Decode(
                (MessageKind)forge.Kind, forge.Minor, ForgedMessage.Concatenate(forge.Header.Chunks("header")), "fitter", 0);
        }
        catch (MessageFormatException)
        {
            return null;
        }
    }

    private static void FitChecksums(MessageForge forge, ChecksumFileHeader header)
    {
        using RootBuilder root = new(header.Geometry, header.Hash, header.Coverage);
        long data = 0;
        long zeros = 0;
        foreach (ForgedSection section in forge.Sections.Where(section => section.Type == (byte)SectionType.Checksums))
        {
            byte[] payload = ForgedMessage.Concatenate(section.Payload);
            if (ReadRuns(payload) is not { } runs)
            {
                return;
            }

            int position = runs.HashesAt;
            foreach ((BlockRun blocks, bool isZero) in runs.Runs)
            {
                if (isZero)
                {
                    root.AddZeros(blocks);
                    zeros += blocks.Count;
                    continue;
                }

                if (blocks.Count > (payload.Length - position) / header.Hash.Length)
                {
                    return;
                }

                int length = (int)blocks.Count * header.Hash.Length;
                root.AddData(blocks, payload.AsSpan(position, length));
                position += length;
                data += blocks.Count;
            }
        }

        Set(forge.Trailer, "data_blocks", data);
        Set(forge.Trailer, "zero_blocks", zeros);
        if (forge.Trailer.Keys.Contains("root"))
        {
            byte[] value = root.Finish();
            forge.Trailer.Set("root", Bits.Pack(writer => writer.WriteBytes(value)), "");
        }
    }

    private static (int HashesAt, List<(BlockRun Blocks, bool IsZero)> Runs)? ReadRuns(byte[] payload)
    {
        if (payload.Length < 12)
        {
            return null;
        }

        long next = BinaryPrimitives.ReadInt64LittleEndian(payload);
        int count = BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(8));
        List<(BlockRun, bool)> runs = [];
        int position = 12;
        for (int i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref position, out long coded) || next < 0 || coded >> 1 > long.MaxValue - next)
            {
                return null;
            }

            runs.Add((new BlockRun(next, coded >> 1), (coded & 1) != 0));
            next += coded >> 1;
        }

        return (position, runs);
    }

    private static void FitOperations(MessageForge forge, OperationsHeader header)
    {
        BlockGeometry target = header.SyncGeometry.Target;
        (long groups, long operations, long data, long bytes, long zeros, long copies) = (0, 0, 0, 0, 0, 0);
        for (int i = 0; i < forge.Sections.Count; i++)
        {
            if (forge.Sections[i].Type != (byte)SectionType.Operations)
            {
                continue;
            }

            byte[] payload = ForgedMessage.Concatenate(forge.Sections[i].Payload);
            if (ReadOperations(payload, header.Hash.Length, target, forge.Kind == (byte)MessageKind.DataFile) is not { } read)
            {
                return;
            }

            groups++;
            operations += read.Count;
            data += read.Where(operation => operation.New == NewKind.Data).Sum(operation => operation.Blocks.Count);
            zeros += read.Where(operation => operation.New == NewKind.Zero).Sum(operation => operation.Blocks.Count);
            copies += read.Where(operation => operation.New == NewKind.Copy).Sum(operation => operation.Blocks.Count);
            bytes += read.Where(operation => operation.New == NewKind.Data).Sum(operation => target.LengthOf(operation.Blocks));
            if (IsSmall(forge))
            {
                FitHashes(payload, read, header.Hash, target, ContentBehind(forge, i));
            }

            forge.Sections[i].Payload = [new Chunk("operations", payload, "")];
        }

        Set(forge.Trailer, "groups", groups);
        Set(forge.Trailer, "operations", operations);
        Set(forge.Trailer, "data_blocks", data);
        Set(forge.Trailer, "data_bytes", bytes);
        Set(forge.Trailer, "zero_blocks", zeros);
        Set(forge.Trailer, "copy_blocks", copies);
    }

    /// <summary>The operations of a group with the places of their hashes; null where they cannot be made out.</summary>
    public static List<Operation>? ReadOperations(byte[] payload, int hashLength, BlockGeometry target, bool isDataFile)
    {
        if (payload.Length < 4)
        {
            return null;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(payload);
        List<Operation> operations = [];
        int position = 4;
        long end = 0;
        for (int i = 0; i < count; i++)
        {
            if (!Varint.TryRead(payload, ref position, out long gap) || !Varint.TryRead(payload, ref position, out long blocks)
                || position == payload.Length || gap > target.BlockCount - end || blocks > target.BlockCount - end - gap)
            {
                return null;
            }

            byte kinds = payload[position++];
            long source = 0;
            bool isShifted = (kinds & 15) == OperationKinds.ShiftedCopy;
            NewKind newKind = isShifted ? NewKind.Copy : (NewKind)(kinds & 15);
            if (newKind == NewKind.Copy && !Varint.TryRead(payload, ref position, out source))
            {
                return null;
            }

            int shift = isShifted ? (int)(source % target.BlockSize) : 0;
            operations.Add(
                new Operation(
                    new BlockRun(end + gap, blocks), newKind, (OldKind)(kinds >> 4), 0, 0, 0,
                    isShifted ? target.BlockAt(source) : source, Shift: shift));
            end += gap + blocks;
        }

        for (int i = 0; i < count; i++)
        {
            Operation operation = operations[i];
            int hashesPerBlock = OperationKinds.HashesPerBlock(operation.New, operation.Old);
            int ofSha256 = isDataFile && operation.New == NewKind.Copy ? OperationGroup.Sha256Length : 0;
            if (ofSha256 > payload.Length - position
                || (hashesPerBlock > 0 && operation.Blocks.Count > (payload.Length - position - ofSha256) / (hashesPerBlock * hashLength)))
            {
                return null;
            }

            int newAt = position + (operation.Old == OldKind.Hashed ? (int)operation.Blocks.Count * hashLength : 0);
            operations[i] = operation with { OldHashesAt = position, NewHashesAt = newAt };
            position = newAt + (operation.HasNewHashes ? (int)operation.Blocks.Count * hashLength : 0) + ofSha256;
        }

        return operations;
    }

    /// <summary>True if the content of a group cannot be decoded without old content.</summary>
    public static bool HasPrefixBehind(MessageForge forge, int group) => forge.Sections
        .Skip(group + 1)
        .TakeWhile(section => section.Type == (byte)SectionType.Content)
        .Any(section => section.Codec == (byte)FrameCodec.Prefix);

    /// <summary>The content of the frames that follow a group.</summary>
    public static byte[] ContentBehind(MessageForge forge, int group)
    {
        using MemoryStream content = new();
        for (int i = group + 1; i < forge.Sections.Count && forge.Sections[i].Type == (byte)SectionType.Content; i++)
        {
            content.Write(RawContent(forge, i) ?? []);
        }

        return content.ToArray();
    }

    private static byte[]? RawContent(MessageForge forge, int index)
    {
        ForgedSection section = forge.Sections[index];
        byte[] stored = ForgedMessage.Concatenate(section.Payload);
        if (section.Codec == 0)
        {
            return stored;
        }

        if (section.RawLength is not { } length || length > FormatLimits.MaxSectionLength)
        {
            return null;
        }

        byte[] raw = new byte[length];
        if (section.Codec == (byte)FrameCodec.Repeats)
        {
            return stored.Length > 0 && TryRepeat(forge, index, stored, raw) ? raw : null;
        }

        return FrameDecompressor.Knows((FrameCodec)section.Codec) && FrameDecompressor.TryDecompress((FrameCodec)section.Codec, stored, raw)
            ? raw
            : null;
    }

    // The frames before it stand in a row, as they would in a message: each one's place is where it begins there.
    private static bool TryRepeat(MessageForge forge, int index, byte[] stored, byte[] raw)
    {
        FramePositions places = new();
        using MemoryStream earlier = new();
        foreach (ForgedSection section in forge.Sections.Take(index).Where(section => section.Type == (byte)SectionType.Content))
        {
            places.Add(earlier.Position);
            earlier.Write(ForgedMessage.Concatenate(section.Chunks("frame", section.Payload)));
        }

        try
        {
            FramePieces pieces = new();
            pieces.Parse(stored, raw.Length, "fitter", 0, places);
            SectionHeader header = new(SectionType.Content, FrameCodec.Repeats, 0, stored.Length, raw.Length);
            FrameDecoder decoder = new("fitter", MessageBytes.ReaderOf(earlier.ToArray()));
            decoder.Decode(header, stored, pieces, prefix: default, default, raw);
            return true;
        }
        catch (MessageFormatException)
        {
            return false;
        }
    }

    private static void FitHashes(byte[] payload, List<Operation> operations, BlockHash hash, BlockGeometry target, byte[] content)
    {
        int at = 0;
        foreach (Operation operation in operations.Where(operation => operation.New == NewKind.Data))
        {
            for (long i = 0; i < operation.Blocks.Count; i++)
            {
                int length = target.LengthOf(operation.Blocks.First + i);
                if (length > content.Length - at)
                {
                    return;
                }

                hash.Hash(content.AsSpan(at, length), payload.AsSpan(operation.NewHashesAt + ((int)i * hash.Length), hash.Length));
                at += length;
            }
        }
    }

    private static void Set(ForgedMap map, string key, long value)
    {
        if (map.Keys.Contains(key))
        {
            map.Set(key, (ulong)value);
        }
    }
}
