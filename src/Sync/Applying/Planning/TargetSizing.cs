using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>
/// What happens to the size of the target (Format.md 9.4). Pure: decided from numbers before anything is touched.
/// </summary>
/// <param name="LengthBefore">Bytes of the target when it was opened.</param>
/// <param name="LengthAfter">Bytes of the target when all is done.</param>
/// <param name="SizeLeft">True if A's and B's sizes differ but the ranges do not cover the bytes between them.</param>
/// <param name="TailLeftAlone">Bytes by which a device is longer than its patched part.</param>
public sealed record TargetSizing(long LengthBefore, long LengthAfter, bool SizeLeft, long TailLeftAlone)
{
    public bool Grows => LengthAfter > LengthBefore;

    public bool Shrinks => LengthAfter < LengthBefore;

    /// <summary>
    /// True if so much is lost that it is more likely a mistake than intended: more than half, or all. An empty master may be one that was
    /// missing when it was read.
    /// </summary>
    /// <param name="from">Bytes before.</param>
    /// <param name="to">Bytes after.</param>
    public static bool ShrinksGreatly(long from, long to) => to < from - to;

    /// <summary>Decides, or refuses a target of the wrong size.</summary>
    /// <exception cref="SyncException"><see cref="SyncError.Mismatch"/>.</exception>
    /// <param name="hasFixedLength">
    /// Whether the target's length is fixed (<see cref="IReadableStorage.HasFixedLength"/>); <paramref name="length"/> is the target's too.
    /// </param>
    /// <param name="interrupted">A run of this very session was interrupted, so a file may have any size between A's and B's.</param>
    /// <param name="keepsLarger">Other parts of the set are not applied yet, so a file that becomes smaller is not cut.</param>
    public static TargetSizing Decide(
        bool hasFixedLength, long length, SyncGeometry geometry, bool interrupted, string target, string patch, bool keepsLarger = false)
    {
        long a = geometry.Base.Size;
        long b = geometry.Target.Size;
        bool sizeLeft = a != b && !geometry.ResizesTarget;
        if (hasFixedLength)
        {
            long needed = sizeLeft ? Math.Min(a, b) : b;
            return length >= needed
                ? new TargetSizing(length, length, sizeLeft, sizeLeft ? 0 : length - b)
                : throw new SyncException(
                    SyncReason.DeviceTooSmall,
                    target,
                    $"is a device of {length} bytes; {patch} needs {needed} bytes")
                {
                    Values = [("size", length), ("needed", needed)],
                };
        }

        bool between = interrupted && geometry.ResizesTarget && length > Math.Min(a, b) && length < Math.Max(a, b);
        if (length != a && length != b && !between)
        {
            string expected = a == b ? $"{a}" : $"{a} or {b}";
            throw new SyncException(
                SyncReason.OtherTargetSize,
                target,
                $"has {length} bytes; {patch} is for a target of {expected} bytes")
            {
                Values = [("size", length), ("expected", expected)],
            };
        }

        // If the target was cut already, it stays so. If its size is in between, the interrupted run was making it as long as A.
        long after = keepsLarger && b < a && length != b ? a : b;
        return new TargetSizing(length, sizeLeft ? length : after, sizeLeft, 0);
    }
}
