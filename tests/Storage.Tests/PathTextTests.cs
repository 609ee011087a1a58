using System.Text;
using BinarySync.Storage.Files;

namespace BinarySync.Storage.Tests;

/// <summary>Names of any bytes, held as text.</summary>
public sealed class PathTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u00E9\u20AC\U0001F600", "\u00E9\u20AC\U0001F600")]
    [InlineData("\uFFFD", "\uFFFD")]
    public void Text_in_utf8_is_itself(string text, string path)
    {
        Assert.Equal(path, PathText.Decode(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(Encoding.UTF8.GetBytes(text), PathText.Encode(path));
    }

    [Fact]
    public void Any_bytes_come_back()
    {
        Random random = new(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 12)];
            random.NextBytes(bytes);

            // Halves of characters, and what UTF-8 forbids: overlong, surrogates, beyond the last character.
            byte[] odd = [.. bytes, 0xC3, .. bytes, 0xED, 0xB3, 0xA9, 0xF4, 0x90, 0x80, 0x80, 0xC0, 0xAF];
            Assert.Equal(odd, PathText.Encode(PathText.Decode(odd)));
        }
    }

    [Fact]
    public void The_byte_is_carried_where_pythons_surrogateescape_carries_it() =>
        Assert.Equal("a\uDCE9b", PathText.Decode([(byte)'a', 0xE9, (byte)'b']));

    [Fact]
    public void Arguments_get_their_bytes_back()
    {
        byte[][] words = ["dotnet"u8.ToArray(), "x.dll"u8.ToArray(), "-o"u8.ToArray(), [(byte)'a', 0xE9, (byte)'b']];
        Assert.Equal(new[] { "-o", "a\uDCE9b" }, ProcessText.Arguments(["-o", "a\uFFFDb"], [.. words[2..]]));
        Assert.Null(ProcessText.Arguments(["-x", "a\uFFFDb"], [.. words[2..]]));
        Assert.Null(ProcessText.Arguments(["-o", "b\uFFFD"], [.. words[2..]]));
    }
}
