using BinarySync.Format;
using BinarySync.Sync.Applying.Recognizing;

namespace BinarySync.Sync.Tests.Recognizing;

/// <summary>
/// What a block is taken for, as a table: its kind and length in A and in B, the bytes of it that the target has, and what was seen of
/// them. "old" and "new": the bytes as far as A's or B's block reach have the hash; "old0" and "new0": they are zeros; "rest0": all behind
/// A's block is.
/// </summary>
public class BlockEvidenceTests
{
    [Theory]

    // One length, content in both.
    [InlineData("hashed 8", "data 8", 8, "old rest0", BlockState.Old)]
    [InlineData("hashed 8", "data 8", 8, "new rest0", BlockState.New)]
    [InlineData("hashed 8", "data 8", 8, "rest0", BlockState.Unrecognized)]
    [InlineData("hashed 8", "copy 8", 8, "new rest0", BlockState.New)]
    [InlineData("hashed 8", "data 8", 7, "old new rest0", BlockState.Unrecognized)] // the target ends inside

    // Zeros have no hash: that other bytes hash to it by chance says nothing.
    [InlineData("hashed 8", "zero 8", 8, "new0 rest0", BlockState.New)]
    [InlineData("hashed 8", "zero 8", 8, "new rest0", BlockState.Unrecognized)]
    [InlineData("hashed 8", "zero 8", 8, "old rest0", BlockState.Old)]
    [InlineData("zero 8", "data 8", 8, "old0 rest0", BlockState.Old)]
    [InlineData("zero 8", "data 8", 8, "old rest0", BlockState.Unrecognized)]
    [InlineData("zero 8", "data 8", 8, "new rest0", BlockState.New)]

    // Content is compared with its hash only, zeros or not.
    [InlineData("hashed 8", "data 8", 8, "old0 new0 rest0", BlockState.Unrecognized)]

    // Where A has nothing, zeros may be overwritten, and nothing else; also where the target has not grown yet.
    [InlineData("absent 0", "data 8", 8, "old0 rest0", BlockState.Old)]
    [InlineData("absent 0", "data 8", 0, "old0 rest0", BlockState.Old)]
    [InlineData("absent 0", "data 8", 3, "old0 rest0", BlockState.Old)]
    [InlineData("absent 0", "data 8", 8, "old0", BlockState.Unrecognized)]
    [InlineData("absent 0", "data 8", 8, "old0 new", BlockState.New)]
    [InlineData("absent 0", "data 8", 3, "old0 new", BlockState.Unrecognized)]
    [InlineData("absent 0", "zero 8", 8, "old0 new0 rest0", BlockState.OldAndNew)]
    [InlineData("absent 0", "zero 8", 0, "old0 new0 rest0", BlockState.Old)]

    // What is known from elsewhere is taken for zeros, as zeros are.
    [InlineData("elsewhere 8", "data 8", 8, "old0 rest0", BlockState.Old)]
    [InlineData("elsewhere 8", "data 8", 8, "rest0", BlockState.Unrecognized)]

    // The last block becomes longer: behind A's end there may be zeros, from growing, and nothing else.
    [InlineData("hashed 5", "data 8", 5, "old rest0", BlockState.Old)]
    [InlineData("hashed 5", "data 8", 8, "old rest0", BlockState.Old)]
    [InlineData("hashed 5", "data 8", 8, "old", BlockState.Unrecognized)]
    [InlineData("hashed 5", "data 8", 8, "old new", BlockState.New)]
    [InlineData("hashed 5", "data 8", 8, "old new rest0", BlockState.OldAndNew)]
    [InlineData("hashed 5", "data 8", 5, "old new rest0", BlockState.Old)]
    [InlineData("zero 5", "data 8", 8, "old0", BlockState.Unrecognized)]

    // It becomes shorter: what is to be cut away is looked at for A, and not for B.
    [InlineData("hashed 8", "data 5", 8, "old rest0", BlockState.Old)]
    [InlineData("hashed 8", "data 5", 8, "new rest0", BlockState.New)]
    [InlineData("hashed 8", "data 5", 5, "new rest0", BlockState.New)]
    [InlineData("hashed 8", "data 5", 5, "old rest0", BlockState.Unrecognized)]
    [InlineData("hashed 8", "data 5", 8, "old new rest0", BlockState.OldAndNew)]
    [InlineData("zero 8", "data 5", 8, "old0 new rest0", BlockState.OldAndNew)]
    public void A_block_is_what_was_seen_of_it(string old, string @new, int length, string seen, object expected)
    {
        HashSet<string> all = [.. seen.Split(' ')];
        BlockEvidence evidence = new()
        {
            Old = Enum.Parse<OldKind>(old.Split(' ')[0], ignoreCase: true),
            New = Enum.Parse<NewKind>(@new.Split(' ')[0], ignoreCase: true),
            OldLength = LengthIn(old),
            NewLength = LengthIn(@new),
            Length = length,
            HasOldHash = all.Remove("old"),
            HasNewHash = all.Remove("new"),
            OldPartIsZero = all.Remove("old0"),
            NewPartIsZero = all.Remove("new0"),
            RestIsZero = all.Remove("rest0"),
        };

        Assert.Empty(all);
        Assert.Equal((BlockState)expected, evidence.State);
    }

    private static int LengthIn(string kindAndLength) =>
        int.Parse(kindAndLength.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
