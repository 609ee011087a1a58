namespace BinarySync.Format;

/// <summary>What blocks become (Format.md 7).</summary>
public enum NewKind : byte
{
    Data = 1,
    Zero = 2,
    Copy = 3,
}

/// <summary>What blocks were (Format.md 7).</summary>
public enum OldKind : byte
{
    Absent = 1,
    Zero = 2,
    Hashed = 3,
    Elsewhere = 4,
}

/// <summary>A run of blocks with one new and one old kind. Its hashes stand in its <see cref="OperationGroup"/>.</summary>
/// <param name="Blocks">Blocks of B.</param>
/// <param name="New">What they become.</param>
/// <param name="Old">What they were.</param>
/// <param name="OldHashesAt">Where the old hashes begin in the group's payload, where the old kind is hashed.</param>
/// <param name="NewHashesAt">Where the new hashes begin in the group's payload, where the new kind is data.</param>
/// <param name="ContentAt">Where the content begins in the group's content, where the new kind is data. Bytes.</param>
public readonly record struct Operation(BlockRun Blocks, NewKind New, OldKind Old, int OldHashesAt, int NewHashesAt, long ContentAt);
