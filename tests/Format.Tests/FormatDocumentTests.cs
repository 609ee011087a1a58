using System.Text.RegularExpressions;
using BinarySync.Format.Tests.Vectors;
using BinarySync.Snapshots;

namespace BinarySync.Format.Tests;

/// <summary>docs/Format.md runs: its examples are vectors, its limits are ours.</summary>
public partial class FormatDocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.PathOf("docs", "Format.md"));

    [Theory]
    [InlineData("example-ckr")]
    [InlineData("example-ckf")]
    [InlineData("example-dtr")]
    [InlineData("example-dtf")]
    public void An_example_is_the_vector_of_its_name(string name)
    {
        Match example = Assert.Single(Examples().Matches(Document), match => match.Groups["name"].Value == name);
        Assert.Equal(Hex.Text(VectorFile.Load(name).Message), Hex.Text(Hex.Bytes(example.Groups["hex"].Value)));
    }

    [Fact]
    public void All_examples_are_compared() => Assert.Equal(4, Examples().Count(Document));

    [Theory]
    [InlineData("ranges", FormatLimits.MaxRanges)]
    [InlineData("operations in a group", FormatLimits.MaxGroupOperations)]
    [InlineData("label", FormatLimits.MaxLabelBytes)]
    public void A_limit_is_the_one_of_the_document(string what, int limit) =>
        Assert.Matches($@"(?m)^\| {what} \| {limit:N0}[^|]* \|$", Document);

    [GeneratedRegex(
        @"^### 12\.\d [^`]*`(?<name>[a-z-]+)\.vector`$.*?^```$(?<hex>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Examples();
}
