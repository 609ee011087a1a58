using System.Text;

namespace BinarySync.Format.Tests.Container;

/// <summary>The expected bytes were made with python3-msgpack 1.0.3: <c>msgpack.packb(value, use_bin_type=True)</c>.</summary>
public class CanonicalFormTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "CC80")]
    [InlineData(200, "CCC8")]
    [InlineData(255, "CCFF")]
    [InlineData(256, "CD0100")]
    [InlineData(65_535, "CDFFFF")]
    [InlineData(65_536, "CE00010000")]
    [InlineData(4_294_967_295, "CEFFFFFFFF")]
    [InlineData(4_294_967_296, "CF0000000100000000")]
    [InlineData(1UL << 62, "CF4000000000000000")]
    [InlineData(ulong.MaxValue, "CFFFFFFFFFFFFFFFFF")]
    public void Integers(ulong value, string expected)
    {
        Assert.Equal(expected, Written(writer => writer.WriteUnsigned(value)));
        CanonicalReader reader = Reader(expected);
        Assert.Equal(value, reader.ReadUnsigned("n"));
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData("", "A0")]
    [InlineData("x", "A178")]
    [InlineData("größe ✓", "AB6772C3B6C39F6520E29C93")]
    public void Strings(string value, string expected)
    {
        Assert.Equal(expected, Written(writer => writer.WriteString(value)));
        Assert.Equal(value, Reader(expected).ReadString("s"));
    }

    [Theory]
    [InlineData(31, "BF78", 32)]
    [InlineData(32, "D92078", 34)]
    [InlineData(255, "D9FF78", 257)]
    [InlineData(256, "DA010078", 259)]
    [InlineData(65_535, "DAFFFF78", 65_538)]
    [InlineData(65_536, "DB0001000078", 65_541)]
    public void Long_strings(int length, string beginning, int total)
    {
        string value = new('x', length);
        string written = Written(writer => writer.WriteString(value));
        Assert.StartsWith(beginning, written, StringComparison.Ordinal);
        Assert.Equal(total, written.Length / 2);
        Assert.Equal(value, Reader(written).ReadString("s"));
    }

    [Theory]
    [InlineData(0, "C400", 2)]
    [InlineData(1, "C401AB", 3)]
    [InlineData(16, "C410AB", 18)]
    [InlineData(32, "C420AB", 34)]
    [InlineData(255, "C4FFAB", 257)]
    [InlineData(256, "C50100AB", 259)]
    [InlineData(65_535, "C5FFFFAB", 65_538)]
    [InlineData(65_536, "C600010000AB", 65_541)]
    public void Byte_strings(int length, string beginning, int total)
    {
        byte[] value = [.. Enumerable.Repeat((byte)0xAB, length)];
        string written = Written(writer => writer.WriteBytes(value));
        Assert.StartsWith(beginning, written, StringComparison.Ordinal);
        Assert.Equal(total, written.Length / 2);
        Assert.Equal(value, Reader(written).ReadBytes("b"));
    }

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(1, "91", "81")]
    [InlineData(15, "9F", "8F")]
    [InlineData(16, "DC0010", "DE0010")]
    [InlineData(65_535, "DCFFFF", "DEFFFF")]
    [InlineData(65_536, "DD00010000", "DF00010000")]
    public void Containers(int count, string array, string map)
    {
        Assert.Equal(array, Written(writer => writer.WriteArrayHeader(count)));
        Assert.Equal(map, Written(writer => writer.WriteMapHeader(count)));
        string elements = new('0', 2 * count);
        Assert.Equal(count, Reader(array + elements).ReadArrayHeader("a"));
        Assert.Equal(count, Reader(map + elements + elements).ReadMapHeader("m"));
    }

    [Fact]
    public void A_header_as_python_packs_it() => Assert.Equal(
        "83AA626C6F636B5F73697A65CD1000A468617368A6787868313238A672616E676573940010CE000186A001",
        Written(writer =>
        {
            writer.WriteMapHeader(3);
            writer.WriteString("block_size");
            writer.WriteUnsigned(4096);
            writer.WriteString("hash");
            writer.WriteString("xxh128");
            writer.WriteString("ranges");
            writer.WriteArrayHeader(4);
            writer.WriteUnsigned(0);
            writer.WriteUnsigned(16);
            writer.WriteUnsigned(100_000);
            writer.WriteUnsigned(1);
        }));

    [Theory]
    [InlineData("CC7F")] // 127
    [InlineData("CD00FF")] // 255
    [InlineData("CE0000FFFF")] // 65,535
    [InlineData("CF00000000FFFFFFFF")] // 4,294,967,295
    [InlineData("D07F")] // signed
    [InlineData("D37FFFFFFFFFFFFFFF")]
    [InlineData("FF")] // -1
    [InlineData("E0")] // -32
    [InlineData("CA3FC00000")] // 1.5
    [InlineData("CB3FF8000000000000")]
    [InlineData("C0")] // nil
    [InlineData("C3")] // true
    [InlineData("A0")] // a string
    [InlineData("C1")] // not MessagePack
    public void Integers_in_any_other_form_are_refused(string bytes) =>
        Refusal.Of(FormatError.Invalid, 100, "n", () => Reader(bytes).ReadUnsigned("n"));

    [Theory]
    [InlineData("D90178")] // 1 byte as str 8
    [InlineData("DA0020" + "7878787878787878787878787878787878787878787878787878787878787878")]
    [InlineData("DB00000001" + "78")]
    [InlineData("C40178")] // a byte string
    [InlineData("A1FF")] // not UTF-8
    [InlineData("A2C080")] // an overlong NUL
    [InlineData("A3EDA080")] // a surrogate
    [InlineData("01")]
    public void Strings_in_any_other_form_are_refused(string bytes) =>
        Refusal.Of(FormatError.Invalid, 100, "s", () => Reader(bytes).ReadString("s"));

    [Theory]
    [InlineData("C50001AB")]
    [InlineData("C600000001AB")]
    [InlineData("A1AB")] // a string
    [InlineData("91AB")]
    public void Byte_strings_in_any_other_form_are_refused(string bytes) =>
        Refusal.Of(FormatError.Invalid, 100, "b", () => Reader(bytes).ReadBytes("b"));

    [Theory]
    [InlineData("DC000F")] // 15
    [InlineData("DD0000FFFF")] // 65,535
    [InlineData("80")] // a map
    public void Arrays_in_any_other_form_are_refused(string bytes) =>
        Refusal.Of(FormatError.Invalid, 100, "a", () => Reader(bytes + new string('0', 1 << 18)).ReadArrayHeader("a"));

    [Theory]
    [InlineData("DE000F")]
    [InlineData("DF0000FFFF")]
    [InlineData("90")]
    public void Maps_in_any_other_form_are_refused(string bytes) =>
        Refusal.Of(FormatError.Invalid, 100, "m", () => Reader(bytes + new string('0', 1 << 19)).ReadMapHeader("m"));

    [Theory]
    [InlineData("")]
    [InlineData("CC")]
    [InlineData("CD01")]
    [InlineData("CF01020304050607")]
    [InlineData("A278")]
    [InlineData("DAFFFF7878")]
    [InlineData("DBFFFFFFFF7878")]
    [InlineData("C402AB")]
    [InlineData("C6FFFFFFFFAB")]
    [InlineData("DDFFFFFFFF00")]
    [InlineData("DFFFFFFFFF00")]
    public void Values_that_are_cut_short_are_refused(string bytes)
    {
        Assert.Throws<MessageFormatException>(() => Reader(bytes).Skip("v"));
        Assert.Throws<MessageFormatException>(() => Reader(bytes).ReadUnsigned("v"));
        Assert.Throws<MessageFormatException>(() => Reader(bytes).ReadString("v"));
        Assert.Throws<MessageFormatException>(() => Reader(bytes).ReadBytes("v"));
        Assert.Throws<MessageFormatException>(() => Reader(bytes).ReadArrayHeader("v"));
        Assert.Throws<MessageFormatException>(() => Reader(bytes).ReadMapHeader("v"));
    }

    [Theory]
    [InlineData("C0")] // None
    [InlineData("C3")] // True
    [InlineData("C2")] // False
    [InlineData("FF")] // -1
    [InlineData("E0")] // -32
    [InlineData("D0DF")] // -33
    [InlineData("D1FF7F")] // -129
    [InlineData("D2FFFF7FFF")] // -32,769
    [InlineData("D3FFFFFFFF7FFFFFFF")]
    [InlineData("CB3FF8000000000000")] // 1.5
    [InlineData("CA3FC00000")] // 1.5 in 32 bits
    [InlineData("D40561")] // ExtType(5, b'a')
    [InlineData("D5056162")]
    [InlineData("C70305616263")] // ExtType(5, b'abc')
    [InlineData("D60561616161")]
    [InlineData("D7056161616161616161")]
    [InlineData("D80561616161616161616161616161616161")]
    [InlineData("81A161920181A162C0")] // {"a": [1, {"b": None}]}
    [InlineData("C8000305616263")] // ext 16
    [InlineData("C90000000305616263")] // ext 32
    [InlineData("CC01")] // skipped values need not be in their shortest encoding
    public void A_value_of_any_type_can_be_skipped(string bytes)
    {
        CanonicalReader reader = Reader(bytes + "07");
        reader.Skip("v");
        Assert.Equal(7UL, reader.ReadUnsigned("n"));
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Long_arrays_and_maps_can_be_skipped()
    {
        foreach (string beginning in new[] { "DC0010", "DD00000010" })
        {
            Reader(beginning + Repeat("C0", 16)).Skip("v");
            Assert.Throws<MessageFormatException>(() => Reader(beginning + Repeat("C0", 15)).Skip("v"));
        }

        foreach (string beginning in new[] { "DE0010", "DF00000010" })
        {
            Reader(beginning + Repeat("A0C0", 16)).Skip("v");
            Assert.Throws<MessageFormatException>(() => Reader(beginning + Repeat("A0C0", 15)).Skip("v"));
        }
    }

    [Fact]
    public void Skipped_values_are_nested_at_most_16_deep()
    {
        Reader(Repeat("91", 16) + "C0").Skip("v");
        Reader(Repeat("81A0", 16) + "C0").Skip("v");
        Assert.Throws<MessageFormatException>(() => Reader(Repeat("91", 17) + "C0").Skip("v"));
        Assert.Throws<MessageFormatException>(() => Reader(Repeat("91", 100_000) + "C0").Skip("v"));
    }

    [Fact]
    public void Numbers_beyond_their_limit_are_refused()
    {
        Assert.Equal(4096, Reader("CD1000").ReadUnsigned("n", 4096));
        Refusal.Of(FormatError.Invalid, 100, "n", () => Reader("CD1001").ReadUnsigned("n", 4096));
        Refusal.Of(FormatError.Invalid, 100, "n", () => Reader("CFFFFFFFFFFFFFFFFF").ReadUnsigned("n", long.MaxValue));
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    private static CanonicalReader Reader(string hex) => new(Convert.FromHexString(hex), Refusal.Source, 100);

    private static string Written(Action<CanonicalWriter> write)
    {
        CanonicalWriter writer = new();
        write(writer);
        return Convert.ToHexString(writer.Written);
    }
}
