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
/// <param name="Source">The first block of A that is copied, if the new kind is copy.</param>
/// <param name="Sha256At">The offset of the SHA-256 of the run's new content in the group's payload, for a copy in a data file.</param>
public readonly record struct Operation(
    BlockRun Blocks, NewKind New, OldKind Old, int OldHashesAt, int NewHashesAt, long ContentAt, long Source = 0, int Sha256At = 0)
{
    /// <summary>True if the blocks have a hash of their new content.</summary>
    public bool HasNewHashes => New.HasHashes();

    /// <summary>The blocks of A that are copied.</summary>
    public BlockRun SourceBlocks => new(Source, Blocks.Count);

    /// <summary>True if this continues another one, as the same operation (Format.md 7).</summary>
    public bool Continues(in Operation before) =>
        Blocks.First == before.Blocks.End
            && New == before.New
            && Old == before.Old
            && (New != NewKind.Copy || Source == before.Source + before.Blocks.Count);
}

/// <summary>Properties of the kinds (Format.md 7).</summary>
internal static class OperationKinds
{
    /// <summary>True if the blocks have a hash of their new content.</summary>
    public static bool HasHashes(this NewKind kind) => kind is NewKind.Data or NewKind.Copy;

    /// <summary>Hashes that an operation has for each block.</summary>
    public static int HashesPerBlock(NewKind newKind, OldKind oldKind) =>
        (oldKind == OldKind.Hashed ? 1 : 0) + (newKind.HasHashes() ? 1 : 0);
}
