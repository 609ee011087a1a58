namespace BinarySync.Format.Tests.Container;

public class HeaderEncodingTests
{
    // A message of a newer minor version may have any number of keys that are skipped: none of them is kept, and memory does not grow
    // with them. The campaign measures that.
    [Fact]
    public void Keys_that_are_not_known_are_forgotten()
    {
        const int Keys = 10_000;
        CanonicalWriter writer = new();
        writer.WriteMapHeader(Keys + 2);
        writer.WriteString(HeaderKeys.BlockSize);
        writer.WriteUnsigned(4096);
        writer.WriteString(HeaderKeys.Hash);
        writer.WriteString("xxh128");
        for (int i = 0; i < Keys; i++)
        {
            writer.WriteString($"k{i:D6}");
            writer.WriteUnsigned(0);
        }

        byte[] bytes = writer.Written.ToArray();
        MapReader map = new(bytes, Refusal.Source, 0, FormatVersion.Minor + 1);
        while (map.NextKey() is { } key)
        {
            if (key.StartsWith('k'))
            {
                map.SkipUnknown(key);
            }
            else
            {
                map.Values.Skip(key);
            }
        }

        // A key that is remembered could be required: of all that were read, the two that are known are.
        map.RequireKeys([HeaderKeys.BlockSize, HeaderKeys.Hash]);
        foreach (int forgotten in new[] { 0, 1, Keys / 2, Keys - 1 })
        {
            MessageFormatException missing = RequireFails(map, $"k{forgotten:D6}");
            Assert.Equal((FormatError.Invalid, $"k{forgotten:D6}"), (missing.Error, missing.Field));
        }
    }

    // A reader that lives on the stack cannot be part of a lambda.
    private static MessageFormatException RequireFails(MapReader map, string key)
    {
        try
        {
            map.RequireKeys([key]);
        }
        catch (MessageFormatException missing)
        {
            return missing;
        }

        throw new InvalidOperationException($"{key} is remembered");
    }

    [Fact]
    public void Keys_ascend_as_their_bytes_do()
    {
        // In UTF-16 the second one would come first.
        string[] keys = ["k", "k\uE000", "k\uFFFD", "k\U00010000", "k\U0001F600"];
        for (int first = 0; first < keys.Length - 1; first++)
        {
            NextKeyOf(keys[first], keys[first + 1]);
            Assert.Throws<MessageFormatException>(() => NextKeyOf(keys[first + 1], keys[first]));
            Assert.Throws<MessageFormatException>(() => NextKeyOf(keys[first], keys[first]));
        }
    }

    private static void NextKeyOf(params string[] keys)
    {
        CanonicalWriter writer = new();
        writer.WriteMapHeader(keys.Length);
        foreach (string key in keys)
        {
            writer.WriteString(key);
            writer.WriteUnsigned(0);
        }

        MapReader map = new(writer.Written.ToArray(), Refusal.Source, 0, FormatVersion.Minor + 1);
        while (map.NextKey() is { } key)
        {
            map.SkipUnknown(key);
        }
    }

    public static TheoryData<MessageKind, string> Headers => new()
    {
        {
            MessageKind.ChecksumRequest,
            """
            84                                                            # a map of 4
            AA 62 6C 6F 63 6B 5F 73 69 7A 65   CD 10 00                   # block_size: 4,096
            A4 68 61 73 68                     A6 78 78 68 31 32 38       # hash: xxh128
            A5 6C 61 62 65 6C                  A5 67 72 C3 BC 6E          # label: grün
            A6 72 61 6E 67 65 73               94 01 02 05 00             # ranges: 1-2, 8-
            """
        },
        {
            MessageKind.ChecksumFile,
            """
            85
            AA 62 6C 6F 63 6B 5F 73 69 7A 65   CD 10 00                   # block_size: 4,096
            A4 68 61 73 68                     A6 78 78 68 31 32 38       # hash: xxh128
            A5 6C 61 62 65 6C                  A5 67 72 C3 BC 6E          # label: grün
            A6 72 61 6E 67 65 73               94 01 02 05 02             # ranges: 1-2, 8-9
            A4 73 69 7A 65                     CD A0 00                   # size: 40,960
            """
        },
        {
            MessageKind.DataRequest,
            """
            86
            A9 62 61 73 65 5F 73 69 7A 65      CD A0 00                   # base_size: 40,960
            AA 62 6C 6F 63 6B 5F 73 69 7A 65   CD 10 00                   # block_size: 4,096
            A4 68 61 73 68                     A6 78 78 68 31 32 38       # hash: xxh128
            A5 6C 61 62 65 6C                  A5 67 72 C3 BC 6E          # label: grün
            A6 72 61 6E 67 65 73               94 01 02 05 02             # ranges: 1-2, 8-9
            AB 74 61 72 67 65 74 5F 73 69 7A 65   CD A0 00                # target_size: 40,960
            """
        },
        {
            MessageKind.DataFile,
            """
            87
            A9 62 61 73 65 5F 73 69 7A 65      CD A0 00                   # base_size: 40,960
            AA 62 6C 6F 63 6B 5F 73 69 7A 65   CD 10 00                   # block_size: 4,096
            AA 66 72 61 6D 65 5F 73 69 7A 65   CE 00 10 00 00             # frame_size: 1,048,576
            A4 68 61 73 68                     A6 78 78 68 31 32 38       # hash: xxh128
            A5 6C 61 62 65 6C                  A5 67 72 C3 BC 6E          # label: grün
            A6 72 61 6E 67 65 73               94 01 02 05 02             # ranges: 1-2, 8-9
            AB 74 61 72 67 65 74 5F 73 69 7A 65   CD A0 00                # target_size: 40,960
            """
        },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_of_each_kind(MessageKind kind, string bytes)
    {
        MessageHeader header = HeaderOf(kind);
        Assert.Equal(Hex.Text(Hex.Bytes(bytes)), Hex.Text(HeaderEncoding.Encode(header)));
        Assert.Equal(header, HeaderEncoding.Decode(kind, 0, Hex.Bytes(bytes), Refusal.Source, Preamble.Length));
    }

    // Of the fields of a kind, the compiler demands all but this one: several old contents have sizes of their own.
    [Theory]
    [InlineData(MessageKind.DataRequest)]
    [InlineData(MessageKind.DataFile)]
    public void A_header_that_lacks_a_field_of_its_kind_is_not_written(MessageKind kind) => Assert.Throws<ArgumentException>(
        () => HeaderEncoding.Encode((OperationsHeader)HeaderOf(kind) with { BaseSize = null }).Length);

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\u007F")]
    [InlineData("a\u0085")]
    public void A_label_that_would_be_refused_is_not_written(string label) => Assert.Throws<ArgumentException>(
        () => HeaderEncoding.Encode(HeaderOf(MessageKind.ChecksumRequest) with { Label = label }).Length);

    [Fact]
    public void A_label_has_at_most_1024_bytes()
    {
        Assert.Null(HeaderEncoding.LabelFault(new string('x', 1024)));
        Assert.NotNull(HeaderEncoding.LabelFault(new string('x', 1025)));
        Assert.Null(HeaderEncoding.LabelFault(new string('ü', 512)));
        Assert.NotNull(HeaderEncoding.LabelFault(new string('ü', 512) + "x"));
    }

    [Fact]
    public void There_are_at_most_65536_ranges()
    {
        ChecksumRequestHeader most = RequestOf(65_536);
        byte[] bytes = HeaderEncoding.Encode(most).ToArray();
        Assert.Equal(most, HeaderEncoding.Decode(MessageKind.ChecksumRequest, 0, bytes, Refusal.Source, Preamble.Length));

        ChecksumRequestHeader tooMany = RequestOf(65_537);
        byte[] refused = HeaderEncoding.Encode(tooMany).ToArray();
        const int mapAndFixedFields = 1 + 11 + 3 + 5 + 7 + 7; // map, block_size, hash, and the key "ranges"
        Refusal.Of(
            FormatError.Invalid, Preamble.Length + mapAndFixedFields, "ranges",
            () => HeaderEncoding.Decode(MessageKind.ChecksumRequest, 0, refused, Refusal.Source, Preamble.Length));
        Assert.Throws<ArgumentException>(() => new MessageWriter(Stream.Null, tooMany));
    }

    private static ChecksumRequestHeader RequestOf(int ranges) => new()
    {
        BlockSize = 4096,
        Hash = BlockHash.Xxh128,
        Coverage = BlockCoverage.Of(Enumerable.Range(0, ranges).Select(i => new BlockRun(2 * i, 1))),
    };

    private static MessageHeader HeaderOf(MessageKind kind)
    {
        BlockHash hash = BlockHash.Xxh128;
        MessageHeader header = kind switch
        {
            MessageKind.ChecksumRequest => new ChecksumRequestHeader { BlockSize = 4096, Hash = hash },
            MessageKind.ChecksumFile => new ChecksumFileHeader { BlockSize = 4096, Hash = hash, Size = 40_960 },
            MessageKind.DataRequest => new DataRequestHeader { BlockSize = 4096, Hash = hash, BaseSize = 40_960, TargetSize = 40_960 },
            _ => new DataFileHeader { BlockSize = 4096, Hash = hash, BaseSize = 40_960, TargetSize = 40_960, FrameSize = 1 << 20 },
        };
        return header with
        {
            Label = "grün",
            Coverage = BlockCoverage.Of([new BlockRun(1, 2), kind == MessageKind.ChecksumRequest ? BlockRun.From(8) : new BlockRun(8, 2)]),
        };
    }
}
