using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>
/// Compares the whole target with the coarse data request that a refined data file is based on. With its own ranges alone, a refined one
/// could prove nothing about the rest. The comparison uses the parent's blocks, since only those have been hashed everywhere.
/// </summary>
internal static class ParentCheck
{
    /// <summary>
    /// True if everything that the coarse request compared is as B has it, and the target gets B's size if the request was for that.
    /// </summary>
    public static bool IsTarget(
        IReadableStorage target, TargetSizing sizing, ParentIdentity parent, bool belowCache, SyncOptions options, HolePolicy holes)
    {
        SyncGeometry both = parent.SyncGeometry;
        bool hasSize = !both.ResizesTarget || target.HasFixedLength || sizing.LengthAfter == both.Target.Size;
        return hasSize && Matches(target, parent, both.Target, parent.TargetRoot, belowCache, options, holes);
    }

    /// <summary>True if everything that the coarse request compared is as A has it.</summary>
    public static bool IsBase(IReadableStorage target, ParentIdentity parent, bool belowCache, SyncOptions options, HolePolicy holes) =>
        Matches(target, parent, parent.SyncGeometry.Base, parent.BaseRoot, belowCache, options, holes);

    private static bool Matches(
        IReadableStorage target,
        ParentIdentity parent,
        BlockGeometry side,
        ReadOnlyMemory<byte> root,
        bool belowCache,
        SyncOptions options,
        HolePolicy holes)
    {
        if (parent.SyncGeometry.ResizesTarget && target.Length < side.Size)
        {
            return false;
        }

        options.Progress.Begin("comparing with the coarse request", side.CoveredBytes(parent.Coverage));
        return ReadBackVerifier.RootMatches(target, side, parent.Hash, parent.Coverage, root, belowCache, options, holes);
    }
}
