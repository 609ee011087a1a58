using static BinarySync.Format.Tests.Vectors.ContainerVectors;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Data files with repeats (Format.md 8.1). The one that is bent most often has 65,536 times 'a' in its first frame; its second one has
/// two blocks of 'b', which are literal, and two of 'a', which are repeated.
/// </summary>
internal static class RepeatVectors
{
    // 512 times 'b': one, a match of 506 from 1 byte back, five.
    private static readonly byte[] LiteralInLZ4 = Hex.Bytes("1F 62 01 00 FF E8 50 62 62 62 62 62");

    [Accepted(MessageKind.DataFile, Rule.DataFile, "The second frame repeats bytes of the first; its literals are an LZ4 block.")]
    public static MessageForge Dtf_repeats() => Two();

    [Accepted(
        MessageKind.DataFile,
        Rule.DataFile,
        "A frame of nothing but a repeat, which crosses blocks: no literals, and nothing behind the pieces.")]
    public static MessageForge Dtf_repeats_only()
    {
        MessageForge forge = Samples.DataFile([], Samples.Filled('a', 65_536 + 1000), BlockHash.Xxh3);
        forge.Sections[1] = Letters('a', 65_536);
        forge.Sections[2] = Repeats(
            1000, [new("literal codec", [0], "no literals"), .. Frames(1), .. Repeat(1, 1000, 0, 3), new("end", [], "")]);
        return forge;
    }

    [Accepted(
        MessageKind.DataFile,
        Rule.DataFile,
        "The third frame repeats literals of the second one, which has repeats itself, and bytes of the first one; its literals "
            + "are stored.")]
    public static MessageForge Dtf_repeats_of_literals() => Three(0);

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatCodec, "Literals that claim to be a frame with repeats.")]
    public static MessageForge Repeats_codec() => Bent("literal codec", [3]).At("s3.literal codec");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatFrames, "No frame is referred to.")]
    public static MessageForge Repeats_no_frames() => Bent("frames", [0]).At("s3.frames");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatFrames, "17 frames.")]
    public static MessageForge Repeats_too_many_frames() => Bent("frames", [17]).At("s3.frames");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatFrames, "The payload ends where the number of frames is due.")]
    public static MessageForge Repeats_cut_at_frames() =>
        Change(
            Two(),
            forge =>
                forge.Sections[2].Remove("frames", "distance 0", "piece 1", "piece 2", "frame of 2", "offset 2", "literals")).At("s3.end");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatFrames, "The second of two frames is referred to by no piece.")]
    public static MessageForge Repeats_unused_frame() => Change(
        Three(0), forge => forge.Sections[3].Set("frame of 2", [0], "of frame 0")).At("s4.frames");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDistance, "A frame that refers to itself.")]
    public static MessageForge Repeats_distance_zero() => Bent("distance 0", [0]).At("s3.distance 0");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDistance, "The second frame before the second one.")]
    public static MessageForge Repeats_distance_before_first() => Bent("distance 0", [2]).At("s3.distance 0");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDistance, "131,073 frames back.")]
    public static MessageForge Repeats_distance_too_long() => Bent("distance 0", Bits.Varint(131_073)).At("s3.distance 0");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDistance, "The farther frame is named first.")]
    public static MessageForge Repeats_distances_descend() => Change(
        Three(0),
        forge =>
        {
            forge.Sections[3].Set("distance 0", [2], "2");
            forge.Sections[3].Set("distance 1", [1], "1");
        }).At("s4.distance 1");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDistance, "One frame is named twice.")]
    public static MessageForge Repeats_distance_twice() =>
        Change(Three(0), forge => forge.Sections[3].Set("distance 1", [1], "1")).At("s4.distance 1");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.VarintShortest, "A distance of 1 in two bytes.")]
    public static MessageForge Repeats_distance_not_shortest() => Bent("distance 0", [0x81, 0]).At("s3.distance 0");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatPieces, "A literal of no bytes.")]
    public static MessageForge Repeats_empty_literal() => Bent("piece 1", Bits.Varint(0)).At("s3.piece 1");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatPieces, "A piece too many bytes long.")]
    public static MessageForge Repeats_too_long() => Bent("piece 2", Bits.Varint((1025 * 2) + 1)).At("s3.piece 2");

    [Refused(
        MessageKind.DataFile,
        FormatError.Invalid,
        Rule.RepeatPieces,
        "The pieces give a byte too few: where the next one is due there are literals, whose first byte says 15 more bytes.")]
    public static MessageForge Repeats_too_short() => Bent("piece 2", Bits.Varint((1023 * 2) + 1)).At("s3.literals");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatPieces, "The payload ends inside a piece.")]
    public static MessageForge Repeats_cut() => Change(Two(), forge => forge.Sections[2].Remove("offset 2", "literals")).At("s3.piece 2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatShortest, "A repeat of 511 bytes.")]
    public static MessageForge Repeats_short_repeat() => Bent("piece 2", Bits.Varint((511 * 2) + 1)).At("s3.piece 2");

    [Refused(
        MessageKind.DataFile, FormatError.Invalid, Rule.RepeatNamed, "A repeat from the second frame that is named, where there is one.")]
    public static MessageForge Repeats_unknown_frame() => Bent("frame of 2", [1]).At("s3.piece 2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatJoined, "A literal follows a literal.")]
    public static MessageForge Repeats_literals_in_two() => Change(
        Two(),
        forge =>
        {
            forge.Sections[2].Set("piece 1", Bits.Varint(200 * 2), "200 literal");
            forge.Sections[2].InsertAfter("piece 1", new Chunk("piece 1b", Bits.Varint(312 * 2), "312 literal"));
        }).At("s3.piece 1b");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatJoined, "A repeat goes on where the one before it has ended.")]
    public static MessageForge Repeats_repeat_in_two() => Change(
        Two(),
        forge =>
        {
            forge.Sections[2].Set("piece 2", Bits.Varint((512 * 2) + 1), "512 repeated");
            forge.Sections[2].InsertAfter(
                "offset 2", new Chunk("piece 3", [.. Bits.Varint((512 * 2) + 1), 0, .. Bits.Varint(1024)], "512 more"));
        }).At("s3.piece 3");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatLiterals, "The literals are missing.")]
    public static MessageForge Repeats_literals_missing() => Change(Two(), forge => forge.Sections[2].Remove("literals")).At("s3.end");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatLiterals, "Literals that are stored, and too few.")]
    public static MessageForge Repeats_literals_too_few() => Bent("literal codec", [0]).At("s3.literals");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatLiterals, "A byte behind a frame that has no literals.")]
    public static MessageForge Repeats_byte_behind() =>
        Change(Dtf_repeats_only(), forge => forge.Sections[2].InsertAfter("offset 1", new Chunk("behind", [0], "behind"))).At("s3.behind");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatLiterals, "No literals, and a codec for them.")]
    public static MessageForge Repeats_codec_of_no_literals() =>
        Change(Dtf_repeats_only(), forge => forge.Sections[2].Set("literal codec", [1], "LZ4")).At("s3.end");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.Decompression, "The literals are an LZ4 block that gives a byte too few.")]
    public static MessageForge Repeats_literals_damaged() => Bent("literals", Hex.Bytes("1F 62 01 00 FF E7 50 62 62 62 62 62")).At("s3");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatInside, "Bytes that reach one behind the frame that they are from.")]
    public static MessageForge Repeats_outside_frame() => Bent("offset 2", Bits.Varint(65_536 - 1024 + 1)).At("s3");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatInside, "Bytes from behind any frame.")]
    public static MessageForge Repeats_outside_any_frame() =>
        Bent("offset 2", Bits.Varint(FormatLimits.MaxSectionLength - 1023)).At("s3.piece 2");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDepth, "Bytes that are repeated from a third frame where they stand.")]
    public static MessageForge Repeats_of_repeats() => Three(1024).At("s4");

    [Refused(MessageKind.DataFile, FormatError.Invalid, Rule.RepeatDepth, "Bytes the last of which is repeated from a third frame.")]
    public static MessageForge Repeats_of_a_repeated_byte() => Three(1).At("s4");

    [Refused(MessageKind.DataFile, FormatError.Damaged, Rule.ContentHash, "Bytes of another block than the one that is due.")]
    public static MessageForge Repeats_of_other_content() => Change(
        Three(0),
        forge =>
        {
            forge.Sections[3].Set("frame of 1", [1], "of frame 1");
            forge.Sections[3].Set("frame of 2", [0], "of frame 0");
        }).At("s4");

    private static MessageForge Two()
    {
        MessageForge forge = Samples.DataFile(
            [], [.. Samples.Filled('a', 65_536), .. Samples.Filled('b', 512), .. Samples.Filled('a', 1024)], BlockHash.Xxh3);
        forge.Sections[1] = Letters('a', 65_536);
        forge.Sections[2] = Repeats(
            1536,
            [
                new("literal codec", [1], "literals: LZ4"), .. Frames(1),
                Literal(1, 512), .. Repeat(2, 1024, 0, 512),
                new("literals", LiteralInLZ4, "512 times 'b'"),
                new("end", [], ""),
            ]);
        return forge;
    }

    // The third frame repeats 512 bytes of the second one from a place where 512 are literal, and 512 of the first.
    private static MessageForge Three(int offset)
    {
        MessageForge forge = Samples.DataFile(
            [], [
                .. Samples.Filled('a', 65_536),
                .. Samples.Filled('b', 512),
                .. Samples.Filled('a', 65_024),
                .. Samples.Filled('b', 512),
                .. Samples.Filled('a', 512),
                .. "z"u8], BlockHash.Xxh3);
        forge.Sections[1] = Letters('a', 65_536);
        forge.Sections[2] = Repeats(
            65_536,
            [
                new("literal codec", [1], "literals: LZ4"), .. Frames(1),
                Literal(1, 512), .. Repeat(2, 65_024, 0, 512),
                new("literals", LiteralInLZ4, "512 times 'b'"),
            ]);
        forge.Sections[3] = Repeats(
            1025,
            [
                new("literal codec", [0], "literals: stored"), .. Frames(1, 2),
                .. Repeat(1, 512, 0, offset), .. Repeat(2, 512, 1, 0), Literal(3, 1),
                new("literals", "z"u8.ToArray(), "'z'"),
            ]);
        return forge;
    }

    private static MessageForge Bent(string name, byte[] bytes) => Change(Two(), forge => forge.Sections[2].Set(name, bytes, "bent"));

    private static ForgedSection Repeats(uint rawLength, List<Chunk> payload) => new()
    {
        Type = (byte)SectionType.Content,
        Codec = (byte)FrameCodec.Repeats,
        RawLength = rawLength,
        Payload = payload,
    };

    private static IEnumerable<Chunk> Frames(params byte[] distances) =>
    [
        new("frames", [(byte)distances.Length], $"{distances.Length} referred to"),
        .. distances.Select((distance, i) => new Chunk($"distance {i}", [distance], $"frame {i}: {distance} before this one")),
    ];

    private static Chunk Literal(int number, int length) => new($"piece {number}", Bits.Varint(length * 2), $"{length} x 2 + 0: literal");

    private static IEnumerable<Chunk> Repeat(int number, int length, byte frame, int offset) =>
    [
        new($"piece {number}", Bits.Varint((length * 2) + 1), $"{length} x 2 + 1: repeat", JoinsNext: true),
        new($"frame of {number}", [frame], $"of frame {frame}", JoinsNext: true),
        new($"offset {number}", Bits.Varint(offset), $"from byte {offset} on"),
    ];

    // One, a match from 1 byte back, five; the match has 4 + 15 + 255 x times + rest.
    private static ForgedSection Letters(char letter, int count) => new()
    {
        Type = (byte)SectionType.Content,
        Codec = (byte)FrameCodec.LZ4,
        RawLength = (uint)count,
        Payload =
        [
            new("token", [0x1F, (byte)letter, 1, 0], $"one '{letter}', then a match from 1 byte back"),
            new("length", [.. Enumerable.Repeat((byte)0xFF, (count - 25) / 255), (byte)((count - 25) % 255)], "its length"),
            new("end", [0x50, .. Samples.Filled(letter, 5)], $"five '{letter}'"),
        ],
    };
}
