using BinarySync.Storage.Disks;
using BinarySync.Storage.Files;

namespace BinarySync.Storage.State;

/// <summary>Where a run keeps files that it must not lose, and files that it needs space for.</summary>
public static class StateDirectory
{
    private const string SystemState = "/var/lib/binarysync";

    /// <summary>
    /// The journal of a target. For a regular file it is beside the file, if nobody else can put files there. For any other target, or if
    /// a directory is given, it has a name made from the target's <see cref="TargetIdentity"/>, in that directory or else in the system's
    /// or the user's. Nothing is made before the journal is first written.
    /// </summary>
    /// <param name="target">Must exist.</param>
    /// <param name="directory">As the user gave it; then it must exist, and may be anywhere.</param>
    /// <param name="readOnly">For a dry run, which only reads: the journal need not be writable, and its place may be volatile.</param>
    /// <exception cref="StorageException">
    /// As <see cref="StorageAccess.OpenSource"/>; <see cref="StorageError.DirectoryMissing"/>; <see cref="StorageError.OpenFailed"/> if the
    /// place cannot be written, or would be lost in a power cut though nobody asked for it by name; <see cref="StorageError.Untrusted"/> if
    /// others can write in the directory that was given or in the state directory, or if others can write beside the target and a journal
    /// is there.
    /// </exception>
    public static StateFile JournalOf(string target, string? directory, bool readOnly = false) =>
        Default().JournalOf(target, directory, readOnly);

    /// <summary>
    /// Journals of interrupted runs that may be about the same target, in other places than <see cref="JournalOf"/> says. They are only
    /// found by name here: what they say has to be compared with the target.
    /// </summary>
    /// <param name="target">Must exist.</param>
    /// <param name="directory">As for <see cref="JournalOf"/>.</param>
    /// <exception cref="StorageException">As <see cref="JournalOf"/>.</exception>
    public static IReadOnlyList<OtherJournal> OtherJournalsOf(string target, string? directory) =>
        Default().OtherJournalsOf(target, directory);

    /// <summary>
    /// Opens the note of the parts of a set that were applied to a target. It is kept where the journal is: see <see cref="JournalOf"/>.
    /// </summary>
    /// <exception cref="StorageException">As <see cref="JournalOf"/>.</exception>
    public static StateFile SetNoteOf(string target, string? directory, bool readOnly = false) =>
        Default().SetNoteOf(target, directory, readOnly);

    /// <summary>
    /// The directory for a file of this run only: the given one; else the directory of a regular file; else, for a device, the state
    /// directory, which is made.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.OpenFailed"/>.</exception>
    public static string SpoolDirectoryFor(string target, string? given) => Default().SpoolDirectoryFor(target, given);

    // The environment's directory if it names one, else the one that the system knows for the user.
    private static string Home() => ProcessText.Variable("HOME") is { Length: > 0 } home && !OperatingSystem.IsWindows()
        ? home
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    private static StatePlaces Default() => Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()
        ? new StatePlaces(SystemState, StatePlaces.EveryoneMayLook)
        : new StatePlaces(
            UserState(ProcessText.Variable("XDG_STATE_HOME"), Home()),
            StatePlaces.OwnerOnly);

    /// <summary>
    /// A user's state directory, after the XDG Base Directory Specification: a path that is not absolute is ignored. A user without a home
    /// directory gets the system's, whether it can be written or not: a directory below the current one would not be found again.
    /// </summary>
    internal static string UserState(string? state, string home) =>
        Path.IsPathFullyQualified(state ?? string.Empty) ? Path.Combine(state!, "binarysync")
        : Path.IsPathFullyQualified(home) ? Path.Combine(home, ".local", "state", "binarysync")
        : SystemState;
}
