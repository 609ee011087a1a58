namespace BinarySync.Format;

/// <summary>
/// A stretch of a group's content that is contiguous in B: whole blocks of one operation, or part of one block that is larger than a frame.
/// </summary>
/// <param name="Operation">The operation that the blocks belong to.</param>
/// <param name="TargetOffset">The offset of the bytes in the target.</param>
/// <param name="ContentOffset">Their offset from the beginning of the requested stretch of content.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct ContentPiece(Operation Operation, long TargetOffset, int ContentOffset, int Length)
{
    /// <summary>
    /// Bytes of A at the place of the piece, from <see cref="TargetOffset"/> on: what it gives to the prefix of its frame (Format.md 4.8).
    /// </summary>
    /// <param name="old">The blocks of A.</param>
    public int PrefixLength(BlockGeometry old) =>
        Operation.Old is OldKind.Hashed or OldKind.Zero ? (int)Math.Clamp(old.Size - TargetOffset, 0, Length) : 0;
}

/// <summary>Maps the bytes of a frame to their places in the target (Format.md 8).</summary>
public static class ContentPieces
{
    /// <summary>The pieces of <paramref name="length"/> bytes of content, from <paramref name="from"/> in the group's content on.</summary>
    public static IEnumerable<ContentPiece> PiecesOf(this OperationGroup group, BlockGeometry target, long from, int length)
    {
        for (int i = LastOperationAtOrBefore(group, from); i < group.Operations.Count && length > 0; i++)
        {
            Operation operation = group.Operations[i];
            if (operation.New != NewKind.Data)
            {
                continue;
            }

            long begin = Math.Max(from, operation.ContentAt);
            long end = Math.Min(from + length, operation.ContentAt + target.LengthOf(operation.Blocks));
            if (begin >= end)
            {
                if (operation.ContentAt >= from + length)
                {
                    yield break;
                }

                continue;
            }

            long targetOffset = target.OffsetOf(operation.Blocks.First) + (begin - operation.ContentAt);
            yield return new ContentPiece(operation, targetOffset, (int)(begin - from), (int)(end - begin));
        }
    }

    // ContentAt ascends over the operations. One without content has the value of the next one that has some, so the last one is right.
    private static int LastOperationAtOrBefore(OperationGroup group, long from)
    {
        int low = 0;
        int high = group.Operations.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (group.Operations[middle].ContentAt <= from)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
