using BinarySync.Format;

namespace BinarySync.Sync.Applying.Recognizing;

/// <summary>
/// The evidence about a block of the target, beside its operation (Format.md 9.4). A fact that the operation does not ask for need not be
/// found out: its value does not matter.
/// </summary>
internal readonly record struct BlockEvidence
{
    /// <summary>What the block was, according to the operation.</summary>
    public required OldKind Old { get; init; }

    /// <summary>What it becomes.</summary>
    public required NewKind New { get; init; }

    /// <summary>Bytes of the block in A; 0 if A has none.</summary>
    public required int OldLength { get; init; }

    /// <summary>Bytes of the block in B; 0 if B has none.</summary>
    public required int NewLength { get; init; }

    /// <summary>Bytes of it that the target has and that were read.</summary>
    public required int Length { get; init; }

    /// <summary>The first <see cref="OldLength"/> bytes have the old hash.</summary>
    public bool HasOldHash { get; init; }

    /// <summary>The first <see cref="NewLength"/> bytes have the new hash.</summary>
    public bool HasNewHash { get; init; }

    /// <summary>The first <see cref="OldLength"/> bytes are zeros.</summary>
    public bool OldPartIsZero { get; init; }

    /// <summary>The first <see cref="NewLength"/> bytes are zeros.</summary>
    public bool NewPartIsZero { get; init; }

    /// <summary>All bytes behind the first <see cref="OldLength"/> are zeros.</summary>
    public bool RestIsZero { get; init; }

    /// <summary>What the block looks like.</summary>
    public BlockState State => (IsOld, IsNew) switch
    {
        (true, true) => BlockState.OldAndNew,
        (false, true) => BlockState.New,
        (true, false) => BlockState.Old,
        _ => BlockState.Unrecognized,
    };

    /// <summary>The target has the bytes that the block gives to the prefix of its frame (Format.md 4.8), if it gives any.</summary>
    public bool HasPrefix =>
        Old == OldKind.Absent || (Length >= OldLength && (Old == OldKind.Hashed ? HasOldHash : Old == OldKind.Zero && OldPartIsZero));

    private bool IsNew => Length >= NewLength && (New == NewKind.Zero ? NewPartIsZero : HasNewHash);

    // If the target has grown already, the bytes behind A's end read as zeros. Anything else there is not ours to overwrite.
    private bool IsOld => Length >= OldLength && RestIsZero && (Old == OldKind.Hashed ? HasOldHash : OldPartIsZero);
}
