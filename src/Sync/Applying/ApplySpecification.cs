using BinarySync.Format;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying;

/// <summary>How a data file is applied.</summary>
public sealed record ApplySpecification
{
    /// <summary>Change nothing; find out everything that applying would.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// Before writing, compare the whole target with the base's root. For a data file for several remotes this is always done, unless a run
    /// is resumed, or unrecognised blocks are overwritten by force.
    /// </summary>
    public bool CheckBase { get; init; }

    public VerifyMode Verify { get; init; } = VerifyMode.Written;

    public SparseMode Sparse { get; init; } = SparseMode.Auto;

    /// <summary>Whether holes of the target are read when all of it is compared.</summary>
    public HolePolicy Holes { get; init; } = HolePolicy.Trust;

    /// <summary>Plan as if there were no journal, and remove it.</summary>
    public bool AbandonJournal { get; init; }

    /// <summary>A part of a set that does not complete it: a file that becomes smaller is not cut yet.</summary>
    public bool KeepsLargerSize { get; init; }

    /// <summary>
    /// Refuse to cut the target if it loses more than half of its bytes (<see cref="TargetSizing.ShrinksGreatly"/>): nobody has confirmed
    /// that.
    /// </summary>
    public bool DemandsLeaveToShrink { get; init; }

    /// <summary>Overwrite blocks that cannot be read, if the data file brings them whole.</summary>
    public bool OverwriteUnreadable { get; init; }

    /// <summary>Overwrite blocks even if they are neither old nor new.</summary>
    public bool ForceUnrecognized { get; init; }
}
