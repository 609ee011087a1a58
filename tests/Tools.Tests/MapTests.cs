using System.Text;
using System.Text.Json;
using System.Xml;

namespace BinarySync.Tools.Tests;

/// <summary>The maps of `info` and `check`: in the terminal, and as pictures.</summary>
public sealed class MapTests : Typed
{
    private const char Escape = '\e';

    public MapTests()
    {
        byte[] a = Bytes.Pattern((300 * Block) + 1000);
        a.AsSpan(200 * Block, 20 * Block).Clear();
        byte[] b = a[..(280 * Block)];
        Bytes.Pattern(50 * Block, seed: 3).CopyTo(b, 10 * Block);
        b[100 * Block]++;
        b.AsSpan(120 * Block, 8 * Block).Clear();
        a.AsSpan(0, 10 * Block).CopyTo(b.AsSpan(150 * Block));
        Work.Write("remote.img", a);
        Work.Write("master.img", b);
        Quietly("ckfile remote.img");
        Quietly("ckfile master.img");
        Quietly("dtreq --remote remote.img.ckf --master master.img.ckf -o u.dtr");
    }

    [Fact]
    public void Maps_in_the_terminal()
    {
        Type("env COLUMNS=80 dtreq info u.dtr --map");
        Type("env COLUMNS=40 dtreq info --map u.dtr");
        Type("env COLUMNS=200 dtreq info --map u.dtr");
        Type("env COLUMNS=9 dtreq info --map u.dtr");
        Type("env COLUMNS=40 ckfile info remote.img.ckf --map --extents");
        Type("env COLUMNS=40 ckfile check remote.img master.img.ckf --map");
        Type("env COLUMNS=80 ckfile check --map remote.img remote.img.ckf");
        Quietly("ckfile remote.img --range 3-40 --range 290- -o r.ckf");
        Quietly("ckfile master.img --range 20-100 -o m.ckf");
        Quietly("dtreq -q --remote r.ckf --master master.img.ckf -o part.dtr");
        Type("env COLUMNS=80 dtreq info part.dtr --map");
        Type("env COLUMNS=80 ckfile info m.ckf --map");
        Type("env COLUMNS=80 ckfile check remote.img m.ckf --map");
        Verify();
    }

    [Fact]
    public void Maps_of_almost_nothing_and_of_very_much()
    {
        Work.Write("one.img", "x"u8);
        Work.Write("none.img", []);
        foreach (string name in new[] { "huge.img", "huge2.img" })
        {
            using FileStream huge = File.Create(Work[name]);
            huge.SetLength(1L << 40);
        }

        using (FileStream changed = File.OpenWrite(Work["huge2.img"]))
        {
            changed.Position = 700_000_000_000;
            changed.WriteByte(1);
        }

        foreach (string name in new[] { "one", "none", "huge", "huge2" })
        {
            Quietly($"ckfile {name}.img");
        }

        Quietly("dtreq --remote none.img.ckf --master one.img.ckf -o one.dtr");
        Quietly("dtreq --remote none.img.ckf --master none.img.ckf -o none.dtr");
        Quietly("dtreq --remote huge.img.ckf --master huge2.img.ckf -o huge.dtr");
        Type("env COLUMNS=80 dtreq info one.dtr --map");
        Type("env COLUMNS=80 dtreq info none.dtr --map");
        Type("env COLUMNS=80 ckfile info none.img.ckf --map");
        Type("env COLUMNS=80 dtreq info huge.dtr --map");
        foreach (string name in new[] { "one", "none", "huge" })
        {
            Put(Picture($"dtreq info {name}.dtr", $"{name}.svg"));
        }

        Verify();
    }

    [Fact]
    public void Pictures()
    {
        Put(Picture("dtreq info u.dtr", "u.svg"));
        Put(Picture("ckfile info remote.img.ckf", "c.svg"));
        Put(Picture("ckfile check remote.img master.img.ckf", "d.svg", exit: 1));
        Verify();
    }

    [Fact]
    public void Where_a_map_goes()
    {
        Type("dtreq info u.dtr --map u.svg");
        Type("dtreq info --map u.svg u.dtr --json");
        Type("dtreq info --map v.svg --json u.dtr");
        Type("dtreq info --map u.svg u.dtr -f --json");
        Type("ckfile check remote.img --map w.svg master.img.ckf");
        Type("ckfile check remote.img master.img.ckf --map x.svg --json");
        Type("dtreq info u.dtr --map --json");
        Type("dtreq info u.dtr --map x.png");
        Type("dtreq info --map x.png u.dtr");
        Type("dtreq info u.dtr --map=x");
        Type("dtreq info --map");
        Type("ckfile remote.img --map");
        Type("ckfile check remote.img master.img.ckf --map nowhere/x.svg");
        byte[] damaged = Work.Read("u.dtr");
        damaged[^60]++;
        Work.Write("damaged.dtr", damaged);
        Type("dtreq info damaged.dtr --map y.svg");
        Assert.False(File.Exists(Work["y.svg"]));
        Work.Write("t.svg", "not a picture"u8);
        Quietly("ckfile t.svg -o t.ckf");
        Type("ckfile check ./t.svg t.ckf --map t.svg -f");
        Assert.Equal("not a picture"u8, Work.Read("t.svg"));
        Assert.Equal(Work.Read("u.svg"), Work.Read("v.svg"));
        Verify();
    }

    [Fact]
    public void A_request_on_standard_input_has_a_map()
    {
        ToolResult piped = Work.Shell("COLUMNS=80 dtreq info --map - < u.dtr").Succeeds();
        ToolResult named = Work.Line("env COLUMNS=80 dtreq info --map u.dtr").Succeeds();
        Assert.Equal(named.Text.Replace("u.dtr:", "standard input:", StringComparison.Ordinal), piped.Text);
    }

    /// <summary>Where a character is a block, the map says what the list of runs says.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_block_is_what_the_runs_say(int seed)
    {
        const int Blocks = 2000;
        Random random = new(seed);
        byte[] a = Bytes.Pattern(Blocks * 512, seed);
        byte[] b = [.. a];
        for (int i = 0; i < 60; i++)
        {
            Span<byte> stretch = b.AsSpan(random.Next(Blocks - 40) * 512, random.Next(1, 40) * 512);
            switch (i % 3)
            {
                case 0: stretch.Clear(); break;
                case 1: random.NextBytes(stretch); break;
                default: a.AsSpan(random.Next(Blocks - 40) * 512, stretch.Length).CopyTo(stretch); break;
            }
        }

        Work.Write("a.img", a);
        Work.Write("b.img", b);
        Quietly("ckfile a.img -b 512");
        Quietly("ckfile b.img -b 512");
        Quietly("dtreq --remote a.img.ckf --master b.img.ckf -o r.dtr");
        char[] expected = [.. Enumerable.Repeat('.', Blocks)];
        using JsonDocument info = JsonDocument.Parse(Work.Line("dtreq info r.dtr --extents --json").Succeeds().Text);
        foreach (JsonElement run in info.RootElement.GetProperty("extents").EnumerateArray())
        {
            char sign = run.GetProperty("new").GetString() switch { "data" => '#', "zero" => '0', _ => 'C' };
            expected.AsSpan((int)run.GetProperty("first").GetInt64(), (int)run.GetProperty("count").GetInt64()).Fill(sign);
        }

        Assert.Contains('C', expected);
        Assert.Equal(new string(expected), CellsOf(Work.Line("env COLUMNS=172 dtreq info r.dtr --map").Succeeds().Text));
    }

    /// <summary>More runs than are kept for the list of differences are in the map all the same.</summary>
    [Fact]
    public void A_check_has_all_differences_in_its_map()
    {
        const int Blocks = 48_000;
        byte[] a = Bytes.Pattern(Blocks * 512);
        Work.Write("a.img", a);
        Quietly("ckfile a.img -b 512");
        for (int block = 0; block < Blocks; block += 2)
        {
            a[block * 512]++;
        }

        Work.Write("a.img", a);
        ToolResult check = Work.Line("env COLUMNS=80 ckfile check a.img a.img.ckf --map");
        Assert.Equal(1, check.Exit);
        Assert.Contains("ranges more", check.Text, StringComparison.Ordinal);
        Assert.Matches("differs +50.0% ", check.Text);
        string cells = CellsOf(check.Text);
        Assert.Equal(new string('+', cells.Length), cells);
    }

    [LinuxTheory("script")]
    [InlineData("TERM=xterm", true)]
    [InlineData("TERM=xterm NO_COLOR=", true)]
    [InlineData("TERM=xterm NO_COLOR=1", false)]
    [InlineData("TERM=dumb", false)]
    [InlineData("TERM=", false)]
    public void Colours_and_width_are_the_terminals(string environment, bool hasColours)
    {
        string seen = Work.Run(
            "script",
            "-qec",
            $"stty cols 50; env -u COLUMNS {environment} dtreq info u.dtr --map",
            "/dev/null").Succeeds().Text.ReplaceLineEndings("\n");
        Assert.Equal(hasColours, seen.Contains($"{Escape}[97;41m", StringComparison.Ordinal));
        Assert.Contains(
            Colourless(seen).Split('\n'), line => line.Length == 50 && line.StartsWith("       0 B  ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_terminal_has_eighty_columns_and_no_colours()
    {
        string text = Work.Line("env -u COLUMNS TERM=xterm dtreq info u.dtr --map").Succeeds().Text;
        Assert.DoesNotContain(Escape, text);
        Assert.Equal(80, text.Split('\n').First(line => line.StartsWith("       0 B  ", StringComparison.Ordinal)).Length);
    }

    [Fact]
    public void A_name_that_XML_cannot_hold_makes_a_picture_all_the_same()
    {
        File.Copy(Work["u.dtr"], Work["<&\u0001\">.dtr"]);
        Work.Run("dtreq", "info", "<&\u0001\">.dtr", "--map", "x.svg").Succeeds();
        XmlDocument picture = Parse("x.svg");
        Assert.Equal("<&\\001\">.dtr: data request", picture.GetElementsByTagName("title")[0]!.InnerText);
    }

    // The characters of the cells, without the offsets.
    private static string CellsOf(string text) =>
        string.Concat(
            text.Split('\n')
                .SkipWhile(line => !line.StartsWith("  each character", StringComparison.Ordinal))
                .Skip(1)
                .TakeWhile(line => line.Length > 0)
                .Select(line => line[12..]));

    private static string Colourless(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9;?]*[a-z=]", string.Empty);

    private string Picture(string command, string name, int exit = 0)
    {
        Assert.Equal(exit, Work.Line($"{command} --map {name}").Exit);
        XmlDocument picture = Parse(name);
        Assert.Empty(picture.GetElementsByTagName("script"));
        Assert.Equal("img", picture.DocumentElement!.GetAttribute("role"));
        Assert.Equal("title desc", picture.DocumentElement.GetAttribute("aria-labelledby"));
        return $"{name}:\n{Encoding.UTF8.GetString(Work.Read(name))}\n";
    }

    private XmlDocument Parse(string name)
    {
        XmlDocument picture = new() { XmlResolver = null };
        picture.LoadXml(Encoding.UTF8.GetString(Work.Read(name)));
        return picture;
    }
}
