using BinarySync.Storage.Disks;
using BinarySync.Storage.Files;

namespace BinarySync.Storage.State;

/// <summary>Where a run keeps what it must not lose, and what it needs room for.</summary>
public static class StateDirectory
{
    private const string SystemState = "/var/lib/binarysync";

    /// <summary>
    /// The journal of a target: of a regular file beside it, if nobody else can put files there; of any other target, or where a
    /// directory is given, under a name made from the target's <see cref="TargetIdentity"/>, in that directory or else in the system's or
    /// the user's. Nothing is made before the journal is first written.
    /// </summary>
    /// <param name="target">Must exist.</param>
    /// <param name="directory">As the user gave it; then it must exist, and may be anywhere.</param>
    /// <param name="readOnly">For a dry run, which only reads: the journal need not be writable, and its place may be volatile.</param>
    /// <exception cref="StorageException">
    /// As <see cref="StorageAccess.OpenSource"/>; <see cref="StorageError.DirectoryMissing"/>; <see cref="StorageError.OpenFailed"/>
    /// where the place cannot be written, or would be lost with the power though nobody asked for it by name;
    /// <see cref="StorageError.Untrusted"/> where others can write in the directory that was given or in the state directory, or where
    /// others can write beside the target and a journal is there.
    /// </exception>
    public static StateFile JournalOf(string target, string? directory, bool readOnly = false) =>
        Default().JournalOf(target, directory, readOnly);

    /// <summary>
    /// The note of which parts of a set are applied to a target. Lies where the journal lies: see <see cref="JournalOf"/>.
    /// </summary>
    /// <exception cref="StorageException">As <see cref="JournalOf"/>.</exception>
    public static StateFile SetNoteOf(string target, string? directory, bool readOnly = false) =>
        Default().SetNoteOf(target, directory, readOnly);

    /// <summary>
    /// The directory for a file of this run only: the given one; else beside a regular file; else, for a device, the state directory,
    /// which is made.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.OpenFailed"/>.</exception>
    public static string SpoolDirectoryFor(string target, string? given) => Default().SpoolDirectoryFor(target, given);

    // Of the environment if it says so, else what the system knows of the user.
    private static string Home() => ProcessText.Variable("HOME") is { Length: > 0 } home && !OperatingSystem.IsWindows()
        ? home
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    private static StatePlaces Default() => Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()
        ? new StatePlaces(SystemState, StatePlaces.EveryoneMayLook)
        : new StatePlaces(
            UserState(ProcessText.Variable("XDG_STATE_HOME"), Home()),
            StatePlaces.OwnerOnly);

    /// <summary>
    /// A user's state directory, after the XDG Base Directory Specification: a path that is not absolute is ignored. Whoever has no home
    /// directory gets the system's, which can be written or cannot: what lay below the current directory would not be found again.
    /// </summary>
    internal static string UserState(string? state, string home) =>
        Path.IsPathFullyQualified(state ?? string.Empty) ? Path.Combine(state!, "binarysync")
        : Path.IsPathFullyQualified(home) ? Path.Combine(home, ".local", "state", "binarysync")
        : SystemState;
}
