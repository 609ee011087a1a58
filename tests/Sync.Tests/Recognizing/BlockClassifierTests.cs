using BinarySync.Format;
using BinarySync.Sync.Applying.Recognizing;

namespace BinarySync.Sync.Tests.Recognizing;

/// <summary>The evidence of a block does not depend on the pieces in which its bytes are seen.</summary>
public class BlockClassifierTests
{
    private const int BlockSize = 512;

    [Theory]
    [InlineData(OldKind.Hashed, NewKind.Data, 512, 512)]
    [InlineData(OldKind.Hashed, NewKind.Zero, 512, 512)]
    [InlineData(OldKind.Zero, NewKind.Data, 512, 512)]
    [InlineData(OldKind.Hashed, NewKind.Data, 300, 512)]
    [InlineData(OldKind.Hashed, NewKind.Data, 512, 300)]
    [InlineData(OldKind.Zero, NewKind.Data, 300, 512)]
    [InlineData(OldKind.Hashed, NewKind.Zero, 300, 512)]
    [InlineData(OldKind.Absent, NewKind.Data, 0, 512)]
    [InlineData(OldKind.Absent, NewKind.Zero, 0, 512)]
    public void In_one_piece_and_in_many_it_is_the_same(OldKind oldKind, NewKind newKind, int oldLength, int newLength)
    {
        SyncGeometry geometry = new(oldLength, newLength, BlockSize, BlockCoverage.Whole);
        byte[] old = Content(1, oldKind == OldKind.Hashed ? oldLength : 0, BlockSize);
        byte[] @new = Content(2, newKind == NewKind.Data ? newLength : 0, BlockSize);
        OperationGroup group = new();
        group.Begin(BlockHash.Xxh128.Length);
        group.Append(
            new BlockRun(0, 1),
            newKind,
            oldKind,
            oldKind == OldKind.Hashed ? HashOf(old[..oldLength]) : [],
            newKind == NewKind.Data ? HashOf(@new[..newLength]) : [],
            0);
        group.End(0, newKind == NewKind.Data ? newLength : 0);
        Operation operation = group.Operations[0];
        using BlockClassifier classifier = new(geometry, BlockHash.Xxh128);
        Random random = new(oldLength + newLength);
        HashSet<BlockState> states = [];
        int longest = Math.Max(oldLength, newLength);
        foreach (byte[] target in
            (byte[][])[
                old, @new, new byte[BlockSize], Content(3, BlockSize, BlockSize), Changed(old, longest - 1), Changed(@new, newLength - 1)])
        {
            foreach (int length in (int[])[longest, Math.Min(oldLength, newLength), longest - 1])
            {
                BlockEvidence whole = Evidence(target, [length]);
                states.Add(whole.State);
                for (int round = 0; round < 20; round++)
                {
                    BlockState state = Evidence(target, Cuts(random, length)).State;
                    Assert.True(whole.State == state, $"{length} bytes: {whole.State} in one piece, {state} in several");
                }
            }
        }

        // Otherwise nothing would have been shown.
        Assert.Contains(BlockState.Unrecognized, states);
        Assert.True(states.Count >= 3 || newKind == NewKind.Zero, string.Join(", ", states));

        BlockEvidence Evidence(byte[] target, int[] ends)
        {
            // A block that was not seen to its end must leave nothing behind.
            classifier.Begin(group, operation, 0);
            classifier.Append(target.AsSpan(0, 7));
            classifier.Begin(group, operation, 0);
            int at = 0;
            foreach (int end in ends)
            {
                classifier.Append(target.AsSpan(at, end - at));
                at = end;
            }

            return classifier.Finish();
        }
    }

    private static int[] Cuts(Random random, int length) =>
        [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(0, length + 1)).Append(length).Order()];

    private static byte[] Content(int seed, int length, int room)
    {
        byte[] content = new byte[room];
        new Random(seed).NextBytes(content.AsSpan(0, length));
        return content;
    }

    private static byte[] Changed(byte[] content, int at)
    {
        byte[] changed = [.. content];
        changed[at] ^= 1;
        return changed;
    }

    private static byte[] HashOf(ReadOnlySpan<byte> content)
    {
        byte[] value = new byte[BlockHash.Xxh128.Length];
        BlockHash.Xxh128.Hash(content, value);
        return value;
    }
}
