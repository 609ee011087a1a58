using BinarySync.Storage;
using BinarySync.Storage.State;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Sync.Tests.Splitting;

/// <summary>The note of which parts are applied.</summary>
public sealed class SetNoteTests
{
    private static readonly SetNote Note = new()
    {
        Id = Enumerable.Range(1, 16).Select(i => (byte)i).ToArray(),
        Reverse = Enumerable.Range(50, 16).Select(i => (byte)i).ToArray(),
        Target = "file:/srv/disk.img",
        Stamp = new SourceStamp(1, 2, 3),
        Running = 4,
        IsInDoubt = true,
        InPlace = [true, false, true, false, false, false, false, false, false, true],
        NotInPlace = [false, true, false, false, false, false, false, false, true, false],
    };

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        SetNote read = SetNote.TryDecode(Note.Encode())!;

        Assert.Equal(Note.Id.ToArray(), read.Id.ToArray());
        Assert.Equal(Note.Reverse.ToArray(), read.Reverse.ToArray());
        Assert.Equal((Note.Target, Note.Stamp, Note.Running, Note.IsInDoubt), (read.Target, read.Stamp, read.Running, read.IsInDoubt));
        Assert.Equal(Note.InPlace, read.InPlace);
        Assert.Equal(Note.NotInPlace, read.NotInPlace);
    }

    [Fact]
    public void One_that_is_bent_or_cut_is_none()
    {
        byte[] whole = Note.Encode();
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] bent = [.. whole];
            bent[i] ^= 0x10;
            Assert.Null(SetNote.TryDecode(bent));
            Assert.Null(SetNote.TryDecode(whole.AsSpan(0, i)));
        }
    }

    [Fact]
    public void That_of_the_most_parts_fits_a_state_file()
    {
        SetNote most = Note with
        {
            Target = new string('x', 5000),
            InPlace = new bool[FormatLimits.MaxParts],
            NotInPlace = new bool[FormatLimits.MaxParts],
        };

        Assert.InRange(most.Encode().Length, 1, StateFile.LargestContent);
        Assert.Equal(FormatLimits.MaxParts, SetNote.TryDecode(most.Encode())!.Parts);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("1", 1)]
    [InlineData("1-2", 1, 2)]
    [InlineData("1, 3-5, 9", 1, 3, 4, 5, 9)]
    public void Numbers_are_written_as_runs(string expected, params int[] numbers) => Assert.Equal(expected, NumberText.Of(numbers));

    [Fact]
    public void Of_very_many_runs_the_first_are_written() =>
        Assert.EndsWith(", 39, ...", NumberText.Of([.. Enumerable.Range(0, 100).Select(i => (2 * i) + 1)]), StringComparison.Ordinal);
}
