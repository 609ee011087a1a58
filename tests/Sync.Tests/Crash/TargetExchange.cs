using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// Another target under the name of one that was being patched when the machine crashed: a foreign one, a backup of A that was used
/// since, or the same one, used since. By its identity a file may be the same one, or another; a device has none.
/// </summary>
/// <param name="State">The machine with that target.</param>
/// <param name="Label">How it came to that.</param>
internal sealed record TargetExchange(MachineState State, string Label)
{
    /// <summary>Puts one there.</summary>
    public static TargetExchange Of(CrashCase crashCase, MachineState state, Random random)
    {
        (CrashImage image, string label) = random.Next(5) switch
        {
            0 => (Foreign(state.Medium, random), "a foreign target"),
            1 => (state.Cache, "the target itself, used since"),
            _ => (crashCase.Images.A, "a backup, used since"),
        };
        bool isOther = crashCase.Behaviour.Kind == StorageKind.RegularFile && random.Next(2) == 0;
        image = Used(image, state, random);
        MachineState exchanged = state with
        {
            Cache = image,
            Medium = image,
            Pending = [],
            Inode = isOther ? state.Inode + 1 : state.Inode,
            Times = state.Times + 1,
            MediumTimes = state.Times + 1,
        };
        return new TargetExchange(exchanged, $"{label}, {(isOther ? "another file" : "the same identity")}");
    }

    /// <summary>Says what is wrong with a run on it; null where nothing is.</summary>
    public string? Judge(CrashCase crashCase, CrashMachine machine, Exception? failure)
    {
        if (FirstLost(crashCase, machine.State.Medium) is { } lost)
        {
            return $"somebody else's sector was overwritten at byte {lost}";
        }

        // All that was written was recognised, and the rest of the target may be anything. Of a stream, stretches before the one that is
        // refused may have been applied.
        bool isRefusal = failure is SyncException { Error: not SyncError.VerificationFailed } or StorageException;
        return failure is not null and not SyncException and not StorageException ? "it ended with a defect"
            : isRefusal && crashCase.Kind != CrashShape.Stream && !machine.Points.All(point => point.Call == CrashCall.Flush)
                ? "it was refused after something had been changed"
                : null;
    }

    // What neither A nor B has there, and zeros are not, is somebody's.
    private long? FirstLost(CrashCase crashCase, CrashImage after)
    {
        (CrashImage a, CrashImage b) = crashCase.Images;
        CrashImage before = State.Medium;

        // Behind the end of the smaller one there is nothing that could be recognised: a run that begins overwrites it as well, in a file
        // and on a device.
        long smaller = crashCase.SmallerSize / CrashImage.Sector * CrashImage.Sector;
        long end = Math.Min(Math.Min(before.Length, after.Length), smaller);
        for (long at = 0; at < end; at += CrashImage.Sector)
        {
            // Of a short end no medium knows.
            long length = Math.Min(CrashImage.Sector, end - at);
            bool isKnown = (at >= crashCase.ShortEnd.Offset && at < crashCase.ShortEnd.End)
                || before.IsZero(at, length)
                || IsOf(a, before, at, length)
                || IsOf(b, before, at, length);
            if (!isKnown && !before.SameAs(after, at, length))
            {
                return at;
            }
        }

        return null;
    }

    private static bool IsOf(CrashImage image, CrashImage before, long at, long length) =>
        at + length <= image.Length && before.SameAs(image, at, length);

    private static CrashImage Foreign(CrashImage image, Random random)
    {
        byte[] content = new byte[Math.Min(image.Length, 64 << 10)];
        random.NextBytes(content);
        return image.Write(0, content);
    }

    // One or two sectors, most often where the interrupted run was at work.
    private static CrashImage Used(CrashImage image, MachineState state, Random random)
    {
        IReadOnlyList<ByteRange> windows = JournalRecord.TryDecode(state.Journal.Cache!, out JournalRecord? record) == JournalContent.Valid
            ? record!.Windows
            : [];
        for (int times = random.Next(1, 3); times > 0; times--)
        {
            ByteRange place = windows.Count > 0 && random.Next(4) > 0
                ? windows[random.Next(windows.Count)]
                : new ByteRange(0, image.Length);
            long sector = random.NextInt64(place.Offset, Math.Max(place.Offset + 1, place.End)) / CrashImage.Sector * CrashImage.Sector;
            byte[] content = new byte[CrashImage.Sector];
            random.NextBytes(content);
            if (sector + content.Length <= image.Length)
            {
                image = image.Write(sector, content);
            }
        }

        return image;
    }
}
