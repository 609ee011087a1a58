using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Reserves room for what will be written into holes and past the end, so that a full disk is found before anything is changed. On file systems that
/// copy on write it cannot be promised. Where zeros shall not be holes, growing leaves none either: their room is reserved too.
/// </summary>
internal static class SpaceReservation
{
    /// <summary>Reserves all of it, or nothing past the end.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.NoSpace"/>: the content and the length of the target are unchanged.</exception>
    public static void Reserve(IWritableStorage target, PatchPlan plan, PatchSource patch, SparseMode sparse)
    {
        bool hadHoles = target.HasHoles;
        if (target.Kind != StorageKind.RegularFile || !(plan.Sizing.Grows || hadHoles))
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
            string hint = "make room on the file system of the target" + (hadHoles ? "; what was reserved for its holes stays reserved" : string.Empty);
            throw new StorageException(
                StorageError.NoSpace, exception.Path, $"{exception.Message}; {patch.Untouched("no byte of the target was changed")}", exception.Errno, exception.Offset, hint);
        }
    }

    private static void ReserveWritten(IWritableStorage target, PatchPlan plan, PatchSource patch, SparseMode sparse)
    {
        bool holes = target.HasHoles;
        OperationReader reader = patch.Open(skipContent: true);
        BlockGeometry geometry = reader.Geometry.Target;
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                long offset = geometry.OffsetOf(operation.Blocks.First);
                long length = geometry.LengthOf(operation.Blocks);
                bool takesSpace = operation.New != NewKind.Zero || sparse == SparseMode.Never;
                if (takesSpace && (holes || offset + length > plan.Sizing.LengthBefore) && !target.TryAllocate(offset, length))
                {
                    return;
                }
            }

            while (reader.ReadFrame(out _))
            {
            }
        }
    }
}
