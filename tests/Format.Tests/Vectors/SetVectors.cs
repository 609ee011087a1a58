namespace BinarySync.Format.Tests.Vectors;

/// <summary>Parts of a set (Format.md 4.5).</summary>
internal static class SetVectors
{
    private const long SplitSize = 1 << 30;

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The second of three parts, from group 4 on.")]
    public static MessageForge Set_part_2_of_3() => Part(Samples.DataFile(), 2, 3, 4, 1);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The only part of a data file without groups.")]
    public static MessageForge Set_only_part_without_groups() => Part(Samples.DataFile(Samples.A, Samples.A, BlockHash.Xxh3), 1, 1, 0, 0);

    [Accepted(MessageKind.DataFile, Rule.DataFile, "What takes a part back may have no groups.")]
    public static MessageForge Set_part_taken_back_without_groups() =>
        Part(Samples.DataFile(Samples.A, Samples.A, BlockHash.Xxh3), 2, 3, 4, 0);

    [Accepted(
        MessageKind.DataFile,
        Rule.DataFile,
        "A part need not have operations on all blocks where the size changes: other parts have them.")]
    public static MessageForge Set_part_without_the_tail()
    {
        DataRequestHeader header = new()
        {
            BlockSize = Samples.BlockSize,
            Hash = BlockHash.Xxh3,
            BaseSize = Samples.A.Length,
            TargetSize = Samples.B.Length,
        };
        using MemoryStream request = new();
        DataRequestWriter writer = new(request, header);
        writer.Add(
            new BlockRun(1, 1),
            NewKind.Zero,
            OldKind.Hashed,
            Samples.HashOf(Samples.A, new BlockGeometry(Samples.A.Length, Samples.BlockSize), BlockHash.Xxh3, 1),
            []);
        OperationsTrailer whole = RootsOfSample();
        writer.Finish(whole.BaseRoot, whole.TargetRoot);
        request.Position = 0;
        OperationReader reader = new(new MessageReader(request, "sample"), isPartial: true);
        OperationGroup group = new();
        Assert.True(reader.ReadGroup(group));
        using MemoryStream output = new();
        DataFileWriter part = new(output, new DataFileHeader(header, FormatLimits.MinFrameSize));
        part.WriteGroup(group);
        part.Finish(whole.BaseRoot, whole.TargetRoot);
        return Part(MessageDissector.Dissect(output.ToArray()), 1, 2, 0, 1);
    }

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "Part 4 of 3.")]
    public static MessageForge Set_part_above_parts() => Part(Samples.DataFile(), 4, 3, 4, 1).At("header.set=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "Part 0.")]
    public static MessageForge Set_part_0() => Part(Samples.DataFile(), 0, 3, 0, 1).At("header.set=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "65,536 parts.")]
    public static MessageForge Set_parts_65536() => Part(Samples.DataFile(), 2, 65_536, 4, 1, cutAt: "parts").At("header.set=2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "The first part begins at group 1.")]
    public static MessageForge Set_first_part_begins_later() => Part(Samples.DataFile(), 1, 3, 1, 1).At("header.set=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "The second part begins at group 0.")]
    public static MessageForge Set_second_part_begins_first() => Part(Samples.DataFile(), 2, 3, 0, 1).At("header.set=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetNumbers, "A split size of 0.")]
    public static MessageForge Set_split_size_0() => Part(Samples.DataFile(), 2, 3, 4, 1, splitSize: 0).At("header.set=");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetIdentity, "The identity of another set.")]
    public static MessageForge Set_identity_of_another() => Part(Samples.DataFile(), 2, 3, 4, 1, id: new byte[16]).At("trailer map");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.Identities, "An identity of 15 bytes.")]
    public static MessageForge Set_identity_too_short() =>
        Part(Samples.DataFile(), 2, 3, 4, 1, id: new byte[15], cutAt: "id").At("header.set=2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.SetGroups, "The header says two groups; there is one.")]
    public static MessageForge Set_group_count_wrong() => Part(Samples.DataFile(), 2, 3, 4, 2).At("trailer map");

    // The same roots, with which the undivided sample has them.
    private static OperationsTrailer RootsOfSample()
    {
        OperationReader reader = new(new MemoryStream(Samples.DataRequest().Build().Bytes), "sample", MessageKind.DataRequest);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
        }

        return reader.Trailer;
    }

    /// <param name="cutAt">The key whose value is a piece of its own, so that a fault can be in it.</param>
    public static MessageForge Part(
        MessageForge forge, ulong part, ulong parts, ulong firstGroup, ulong groupCount, ulong splitSize =
            SplitSize, byte[]? id = null, string? cutAt = null)
    {
        // The values of the trailer are byte strings of 16: two bytes before each.
        ReadOnlyMemory<byte> baseRoot = forge.Trailer.ValueOf("base_root").AsMemory(2);
        ReadOnlyMemory<byte> targetRoot = forge.Trailer.ValueOf("target_root").AsMemory(2);
        id ??= SetPart.IdOf((long)splitSize, [baseRoot], targetRoot);
        List<(string Key, byte[] Value)> values =
        [
            ("first_group", Number(firstGroup)),
            ("group_count", Number(groupCount)),
            ("id", Bits.Pack(writer => writer.WriteBytes(id))),
            ("part", Number(part)),
            ("parts", Number(parts)),
            ("split_size", Number(splitSize)),
        ];
        List<byte> front = [.. Bits.Pack(writer => writer.WriteMapHeader(values.Count))];
        List<byte> rest = [];
        List<byte> bytes = front;
        foreach ((string key, byte[] value) in values)
        {
            bytes.AddRange(Bits.Pack(writer => writer.WriteString(key)));
            bytes = key == cutAt ? rest : bytes;
            bytes.AddRange(value);
        }

        forge.Header.Insert(
            "set", [.. front], $"part {part} of {parts}, {groupCount} groups from {firstGroup} on, split after {splitSize}");
        if (cutAt is not null)
        {
            forge.Header.InsertValuePart("set", [.. rest], $"from {cutAt} on");
        }

        return forge;
    }

    private static byte[] Number(ulong value) => Bits.Pack(writer => writer.WriteUnsigned(value));
}
