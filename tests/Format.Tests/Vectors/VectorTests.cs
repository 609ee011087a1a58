using BinarySync.Snapshots;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// Every vector of tests/Vectors goes through the reader that it is for. They are made anew by
/// <c>BINARYSYNC_REGENERATE_VECTORS=1 dotnet test tests/Format.Tests --filter The_committed_vectors</c>, and by nothing else.
/// </summary>
public class VectorTests
{
    public const string RegenerateVariable = "BINARYSYNC_REGENERATE_VECTORS";

    private const long MostBytes = 30 << 10;

    public static TheoryData<string> Names => [.. VectorFile.Names];

    // What a newer minor version has is skipped, and so not written again.
    public static TheoryData<string> NamesWrittenAgain =>
        [.. VectorFile.Names.Where(name => VectorFile.Load(name) is { Expect: null } vector && vector.Rule != Rule.NewerMinor)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_read_as_expected(string name)
    {
        VectorFile vector = VectorFile.Load(name);
        if (vector.Expect is not { } expected)
        {
            MessageDump.Read(vector.Message, vector.ReadAs);
            return;
        }

        MessageFormatException exception = Assert.Throws<MessageFormatException>(() => MessageDump.Read(vector.Message, vector.ReadAs));
        Assert.Equal((expected, vector.Offset), (exception.Error, exception.Offset));
        if (vector.Field is { } field)
        {
            Assert.Equal(field, exception.Field);
        }
    }

    [Theory]
    [MemberData(nameof(NamesWrittenAgain))]
    public void What_is_accepted_is_written_again_byte_for_byte(string name)
    {
        VectorFile vector = VectorFile.Load(name);
        Assert.Equal(Comparable(vector.Message), Comparable(MessageCopy.Of(vector.Message)));

        // Operations with copies may be compressed, and how is the encoder's affair: what is compared is what they say.
        string Comparable(byte[] message) =>
            Hex.Text(name.Contains("copies", StringComparison.Ordinal) ? MessageDissector.Dissect(message).Build().Bytes : message);
    }

    [Fact]
    public void What_is_accepted_says_what_it_is() => Snapshot.Verify(string.Join(
        "\n",
        VectorFile.Names.Select(VectorFile.Load).Where(vector => vector.Expect is null)
            .Select(vector => $"== {vector.Name}: {vector.Comment}\n{MessageDump.Read(vector.Message, vector.ReadAs)}")));

    // A vector that the catalog does not make any more, or makes otherwise, was changed by nobody's decision. With the variable all are
    // written first: one that is left over still fails.
    [Fact]
    public void The_committed_vectors_are_those_of_the_catalog()
    {
        if (Environment.GetEnvironmentVariable(RegenerateVariable) == "1")
        {
            Regenerate();
        }

        Assert.Equal(VectorCatalog.All.Keys.Order(StringComparer.Ordinal), VectorFile.Names);
        foreach ((string name, Func<(VectorFile File, ForgedMessage Message)> make) in VectorCatalog.All)
        {
            (VectorFile file, ForgedMessage message) = make();
            string committed = File.ReadAllText(VectorFile.PathOf(name));
            Assert.True(file.Render(message) == committed, $"{name} would be made otherwise than it was committed");
            Assert.InRange(committed.Length, 1, MostBytes);
        }
    }

    private static void Regenerate()
    {
        foreach ((string name, Func<(VectorFile File, ForgedMessage Message)> make) in VectorCatalog.All)
        {
            (VectorFile file, ForgedMessage message) = make();
            File.WriteAllText(VectorFile.PathOf(name), file.Render(message));
        }
    }

    [Fact]
    public void Every_rule_has_a_vector()
    {
        ILookup<string, VectorFile> vectors = VectorFile.Names.Select(VectorFile.Load).ToLookup(vector => vector.Rule);
        Assert.Equal(Rule.All.Order(StringComparer.Ordinal), vectors.Select(group => group.Key).Order(StringComparer.Ordinal));
        Assert.All(
            vectors.SelectMany(group => group),
            vector => Assert.Equal(vector.Rule.StartsWith("accepted", StringComparison.Ordinal), vector.Expect is null));
    }

    [Fact]
    public void Every_error_has_a_vector() =>
        Assert.Empty(
            Enum.GetValues<FormatError>().Except(VectorFile.Names.Select(name => VectorFile.Load(name).Expect).OfType<FormatError>()));
}
