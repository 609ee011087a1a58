using BinarySync.Cli.Output;
using BinarySync.Storage;
using BinarySync.Storage.State;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Cli.Closing;

/// <summary>
/// What `dtfile apply` has left in the usual places, if a target is not what it should be: an interrupted run, or a set that is not
/// complete. It only helps to understand a difference: whether it is true, `dtfile apply` finds out.
/// </summary>
/// <param name="Note">What was found.</param>
/// <param name="Next">The command that finishes it; null if nobody can say.</param>
/// <param name="Purpose">What that command does.</param>
internal sealed record HalfPatched(string Note, string? Next, string? Purpose)
{
    /// <summary>Looks for it; null if nothing is known.</summary>
    /// <param name="path">The path of the target.</param>
    /// <param name="target">The target, opened.</param>
    public static HalfPatched? Find(string path, IReadableStorage target)
    {
        try
        {
            using StateFile journal = StateDirectory.JournalOf(path, directory: null, readOnly: true);
            if (ApplyOperation.InterruptedRun(journal) is { } patch)
            {
                return new(
                    $"a run of {patch} was interrupted, and {path} is partly patched",
                    $"dtfile apply {ShellText.File(patch)} {ShellText.File(path)}",
                    "to finish it");
            }

            if (ApplyOperation.InterruptedElsewhere(target, StateDirectory.OtherJournalsOf(path, directory: null)) is var (other, begun))
            {
                return new(
                    $"a run of {begun}, which began under another name of {path}, was interrupted, and {path} is partly patched: "
                        + $"{other} is the journal",
                    null,
                    null);
            }

            using StateFile note = StateDirectory.SetNoteOf(path, directory: null, readOnly: true);
            return SetApplyOperation.Standing(note, TargetIdentity.Of(path), target) is var (applied, missing)
                ? new(
                    $"a set is not complete on {path}: of {applied.Count + missing.Count} parts, {NumberText.Of(applied)} "
                        + $"{(applied.Count == 1 ? "is" : "are")} applied; missing: {NumberText.Of(missing)}",
                    $"dtfile apply PART.dtf... {ShellText.File(path)}",
                    "to complete it")
                : null;
        }
        catch (StorageException untrusted) when (untrusted.Error == StorageError.Untrusted)
        {
            return new($"{untrusted.Message}; if it is yours, a run may have been interrupted: 'dtfile apply' says what to do", null, null);
        }
        catch (StorageException)
        {
            return null;
        }
    }
}
