using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Reserves room for writes into holes and past the end, so that a full disk is found before anything is changed. On copy-on-write file
/// systems, this is no guarantee. If zeros must not be holes, growing leaves none either: their room is reserved too.
/// </summary>
internal static class SpaceReservation
{
    /// <summary>Reserves all of it, or nothing past the end.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NoSpace"/>: the content and the length of the target are unchanged.
    /// </exception>
    public static void Reserve(IWritableStorage target, PatchPlan plan, PatchSource patch, SparseMode sparse)
    {
        bool hadHoles = target.HasHoles;
        if (!plan.Sizing.Grows && !hadHoles)
        {
            return;
        }

        try
        {
            ReserveWritten(target, plan, patch, sparse);
        }
        catch (StorageException exception) when (exception.Error == StorageError.NoSpace)
        {
            WhileFailing.Do(target.ReleasePastEnd);
            throw exception.With(
                hadHoles ? StorageContext.ReservingHoles : StorageContext.Reserving, patch.Untouched("no byte of the target was changed"));
        }
    }

    /// <summary>
    /// Checks, before any long work, whether there is room for the writes behind the end of the target. If the file system cannot reserve
    /// the room, nothing else would tell before it is used up. Writes into holes are left to <see cref="Reserve"/>.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.NoSpace"/>: nothing was changed.</exception>
    public static void DemandRoom(IWritableStorage target, PatchPlan plan, PatchSource patch, SparseMode sparse)
    {
        long needed = 0;
        foreach ((long offset, long length) in Written(patch, sparse))
        {
            needed += Math.Min(length, Math.Max(0, offset + length - plan.Sizing.LengthBefore));
        }

        try
        {
            target.DemandRoom(needed);
        }
        catch (StorageException full) when (full.Error == StorageError.NoSpace)
        {
            throw full.With(StorageContext.Reserving, patch.Untouched("no byte of the target was changed"));
        }
    }

    private static void ReserveWritten(IWritableStorage target, PatchPlan plan, PatchSource patch, SparseMode sparse)
    {
        bool holes = target.HasHoles;
        foreach ((long offset, long length) in Written(patch, sparse))
        {
            if ((holes || offset + length > plan.Sizing.LengthBefore) && !target.TryAllocate(offset, length))
            {
                return;
            }
        }
    }

    // The stretches that take space when they are written, in the order of the data file. If zeros must not be holes, they are among them.
    private static IEnumerable<(long Offset, long Length)> Written(PatchSource patch, SparseMode sparse)
    {
        IOperationReader reader = patch.Open(skipContent: true);
        BlockGeometry geometry = reader.Geometry.Target;
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations
                .Where(operation => operation.New != NewKind.Zero || sparse == SparseMode.Never))
            {
                yield return (geometry.OffsetOf(operation.Blocks.First), geometry.LengthOf(operation.Blocks));
            }

            while (reader.ReadFrame(out _))
            {
            }
        }
    }
}
