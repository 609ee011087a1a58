using System.Text.Json;

namespace BinarySync.Docs.Tests;

/// <summary>Every field that appears in a JSON result is named in the Manual's section about them.</summary>
public class JsonFieldTests
{
    private static readonly string[] Preparation =
    [
        "seq 1 50000 > old.img && seq 3 60000 > new.img",
        "dd if=/dev/zero of=new.img bs=4K seek=10 count=3 conv=notrunc status=none",
        "ckfile old.img -q && ckfile new.img -q && dtreq -q --remote old.img.ckf --master new.img.ckf && dtfile new.img -q -r old.img.dtr",
    ];

    [Theory]
    [InlineData("ckreq --range 0-3 --range 9- --label x -o x.ckr")]
    [InlineData("ckfile old.img --range 0-3 -o x.ckf")]
    [InlineData("ckfile old.img --shift -o x.ckf")]
    [InlineData("ckfile -q old.img --shift -o x.ckf && dtfile new.img --remote x.ckf --shift -o x.dtf")]
    [InlineData("ckfile -q old.img --shift -o x.ckf && dtfile -q new.img --remote x.ckf --shift -o x.dtf && dtfile info x.dtf --extents")]
    [InlineData("ckfile join old.img.ckf --label x -o x.ckf")]
    [InlineData("ckreq --refine old.img.dtr -b 512 -o x.ckr")]
    [InlineData("dtreq merge old.img.dtr -o x.dtr")]
    [InlineData("dtreq --remote old.img.ckf --master new.img.ckf --label x -o x.dtr")]
    [InlineData("dtfile new.img -r old.img.dtr -o x.dtf")]
    [InlineData("dtfile new.img --remote old.img.ckf -o x.dtf")]
    [InlineData("ckfile info new.img.ckf --extents")]
    [InlineData("dtreq info old.img.dtr --extents")]
    [InlineData("dtfile info old.img.dtf --extents")]
    [InlineData("dtreq info old.img.dtr --map x.svg")]
    [InlineData("dtreq merge -q old.img.dtr -o m.dtr && dtreq info m.dtr --extents")]
    [InlineData("ckreq -q --refine old.img.dtr -b 512 -o x.ckr && ckreq info x.ckr")]
    [InlineData("dtfile apply -q old.img.dtf old.img --update-ckf old.img.ckf -o x.ckf && ckfile info x.ckf")]
    [InlineData("dtfile new.img -q -r old.img.dtr --split 16M && dtfile info old.img.001.dtf")]
    [InlineData("ckfile check old.img new.img.ckf")]
    [InlineData("ckfile check old.img new.img.ckf --map x.svg")]
    [InlineData("dtfile apply old.img.dtf old.img")]
    [InlineData("dtfile new.img -r old.img.dtr --split 16M")]
    [InlineData("dtfile new.img -q -r old.img.dtr --split 16M && dtfile apply old.img.001.dtf old.img")]
    [InlineData("seq 1 3000000 > wide.img && ckfile -q wide.img && dtreq -q --remote old.img.ckf --master wide.img.ckf -o wide.dtr && dtfile wide.img -q -r wide.dtr --split 16M && dtfile info wide.002.dtf wide.001.dtf")]
    public void Fields_of_a_result_are_documented(string command)
    {
        using Shell shell = new();
        foreach (string line in Preparation)
        {
            Assert.Empty(shell.Run(line));
        }

        string section = string.Join('\n', Manual.Below("## Results as JSON"));
        using JsonDocument result = JsonDocument.Parse(shell.Run($"{command} --json"));
        Assert.All(NamesIn(result.RootElement), name => Assert.Contains($"`{name}`", section, StringComparison.Ordinal));
    }

    private static IEnumerable<string> NamesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => NamesIn(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(NamesIn),
        _ => [],
    };
}
