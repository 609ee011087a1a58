namespace BinarySync.Format;

/// <summary>The new kind of blocks (Format.md 7).</summary>
public enum NewKind : byte
{
    Data = 1,
    Zero = 2,
    Copy = 3,
}

/// <summary>The old kind of blocks (Format.md 7).</summary>
public enum OldKind : byte
{
    Absent = 1,
    Zero = 2,
    Hashed = 3,
    Elsewhere = 4,
}

/// <summary>A run of blocks with one new and one old kind. Its hashes are in its <see cref="OperationGroup"/>.</summary>
/// <param name="Blocks">Blocks of B.</param>
/// <param name="New">What they become.</param>
/// <param name="Old">What they were.</param>
/// <param name="OldHashesAt">The offset of the old hashes in the group's payload, if the old kind is hashed.</param>
/// <param name="NewHashesAt">The offset of the new hashes in the group's payload, if the new kind is data or copy.</param>
/// <param name="ContentAt">The offset of the content in the group's content, if the new kind is data. Bytes.</param>
/// <param name="Source">
/// The block of A in which the copied bytes begin, if the new kind is copy. On the wire a copy with a shift is a kind of its own.
/// </param>
/// <param name="Sha256At">The offset of the SHA-256 of the run's new content in the group's payload, for a copy in a data file.</param>
/// <param name="Shift">Where in that block they begin. 0 for a copy of whole blocks. Bytes.</param>
public readonly record struct Operation(
    BlockRun Blocks, NewKind New, OldKind Old, int OldHashesAt, int NewHashesAt, long ContentAt, long Source = 0, int Sha256At = 0,
    int Shift = 0)
{
    /// <summary>True if the blocks have a hash of their new content.</summary>
    public bool HasNewHashes => New.HasHashes();

    /// <summary>True for a copy whose source is whole blocks: then its new hashes are probably among the old hashes too.</summary>
    internal bool IsWholeBlockCopy => New == NewKind.Copy && Shift == 0;

    /// <summary>Where the copied bytes begin in A.</summary>
    /// <param name="target">B, or A: they have the same block size.</param>
    public long SourceOffset(BlockGeometry target) => target.OffsetOf(Source) + Shift;

    /// <summary>The blocks of A that the copied bytes touch (Format.md 7).</summary>
    /// <param name="target">B.</param>
    public BlockRun SourceBlocks(BlockGeometry target) => CopyRun.Of(this, target).SourceBlocks;

    /// <summary>True if this continues another one, as the same operation (Format.md 7).</summary>
    public bool Continues(in Operation before) =>
        Blocks.First == before.Blocks.End
            && New == before.New
            && Old == before.Old
            && (New != NewKind.Copy || (Source == before.Source + before.Blocks.Count && Shift == before.Shift));
}

/// <summary>Properties of the kinds (Format.md 7).</summary>
internal static class OperationKinds
{
    /// <summary>The number of a copy with a shift in a message (Format.md 7). In memory it is a copy like the others.</summary>
    public const int ShiftedCopy = 4;

    /// <summary>True if the blocks have a hash of their new content.</summary>
    public static bool HasHashes(this NewKind kind) => kind is NewKind.Data or NewKind.Copy;

    /// <summary>Hashes that an operation has for each block.</summary>
    public static int HashesPerBlock(NewKind newKind, OldKind oldKind) =>
        (oldKind == OldKind.Hashed ? 1 : 0) + (newKind.HasHashes() ? 1 : 0);
}
