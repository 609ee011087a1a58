using BinarySync.Storage;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>
/// Applies parts of a set to a target, each as a run of its own, and keeps a note of which are in place (docs/Design.md, "Parts of a
/// set").
/// </summary>
public static class SetApplyOperation
{
    /// <summary>Does it, or finds out what it would do.</summary>
    /// <param name="target">As for <see cref="ApplyOperation"/>.</param>
    /// <param name="parts">The parts, checked already.</param>
    /// <param name="places">The journal, and, for a single part only, the undo file.</param>
    /// <param name="noteFile">Where the note is kept.</param>
    /// <param name="specification">How to apply them.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="SyncException">
    /// As <see cref="ApplyOperation"/>; and <see cref="SyncError.Mismatch"/>, before anything is written, if <see cref="VerifyMode.Full"/>
    /// is asked for and parts would still be missing, or <see cref="ApplySpecification.CheckBase"/> and some are in place already.
    /// </exception>
    public static SetResult Run(
        IWritableStorage target, PartFiles parts, ApplyPlaces places, IStateFile noteFile, ApplySpecification specification,
        SyncOptions options) =>
        Run(target, parts, places, noteFile, specification, new ApplyTuning(), options);

    /// <summary>
    /// The numbers of the parts of an incomplete set that are applied to a target, and of all others, as the note says. Null if there is no
    /// note that can be read, or if it is about another target, or names no part, or is older than the last change of the target.
    /// </summary>
    /// <param name="noteFile">The note.</param>
    /// <param name="identity">What the target is (<see cref="ApplyPlaces.Identity"/>).</param>
    /// <param name="target">The target, opened.</param>
    public static (IReadOnlyList<int> Applied, IReadOnlyList<int> Missing)? Standing(
        IStateFile noteFile, string identity, IReadableStorage target)
    {
        ArgumentNullException.ThrowIfNull(noteFile);
        ArgumentNullException.ThrowIfNull(target);
        return noteFile.Read() is { } content
            && SetNote.TryDecode(content) is { } note
            && note.Target == identity
            && note.InPlace.Contains(true)
            && (!target.HasTimes || note.Stamp == target.ReadStamp())
            ? (note.Numbers(applied: true), note.Numbers(applied: false))
            : null;
    }

    internal static SetResult Run(
        IWritableStorage target,
        PartFiles parts,
        ApplyPlaces places,
        IStateFile noteFile,
        ApplySpecification specification,
        ApplyTuning tuning,
        SyncOptions options) =>
        new SetRun(target, parts, places, noteFile, specification, tuning, options).Run();
}
