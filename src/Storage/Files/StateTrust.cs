using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Files;

/// <summary>
/// Whether a file or directory may be believed: it must come from the user who runs or from root, and nobody else may be able to change it
/// or put something in its place. On Linux; on other systems everything is believed.
/// </summary>
internal static class StateTrust
{
    private const int WritableByOthers = 0x12; // ----w--w-
    private const int WritableByAll = 0x02; // -------w-
    private const int Sticky = 0x200;

    /// <summary>Checks the open file, and not its name, which may lead elsewhere by now.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.Untrusted"/>.</exception>
    public static void DemandFile(SafeFileHandle file, string path)
    {
        if (Posix.IsSupported && WhyNot(Posix.Rights(file, path)) is { } reason)
        {
            throw Failure.Of(StorageError.Untrusted, path, $"is not trusted: it {reason}");
        }
    }

    /// <summary>Makes sure that nobody else can put a file into a directory, with the sticky bit or without it.</summary>
    /// <param name="path">The file there, or the directory itself: the message names the file only if it exists.</param>
    /// <exception cref="StorageException"><see cref="StorageError.Untrusted"/>.</exception>
    public static void DemandDirectory(string directory, string path)
    {
        if (WhyNotDirectory(directory) is not { } reason)
        {
            return;
        }

        bool isThere = path != directory && Posix.TryStatus(path, out _, followLinks: false) == 0;
        throw isThere
            ? Failure.Of(StorageError.Untrusted, path, $"is not trusted: its directory {directory} {reason}")
            : Failure.Of(StorageError.Untrusted, directory, $"no state is kept there: it {reason}");
    }

    /// <summary>
    /// True if somebody else may put files into a directory. False if it cannot be checked: opening a file there will say so.
    /// </summary>
    public static bool IsSharedDirectory(string directory) => WhyNotDirectory(directory) is not null;

    /// <summary>
    /// Makes sure that nobody else can put another directory in the place of this one. None of the directories above it may belong to
    /// somebody else, or be writable by all without the sticky bit. The groups of those above are believed: a directory that they put there
    /// would not be the user's own.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.Untrusted"/>.</exception>
    public static void DemandParents(string directory)
    {
        for (string? above = Path.GetDirectoryName(Path.GetFullPath(directory)); above is not null; above = Path.GetDirectoryName(above))
        {
            if (!Posix.IsSupported || Posix.TryRights(above, out FileRights rights) != 0)
            {
                continue;
            }

            string? reason = !IsOurs(rights.User) ? $"belongs to user {rights.User}"
                : (rights.Mode & (WritableByAll | Sticky)) == WritableByAll ? $"can be written by others ({ModeText(rights.Mode)})"
                : null;
            if (reason is not null)
            {
                throw Failure.Of(StorageError.Untrusted, directory, $"no state is kept there: {above} {reason}");
            }
        }
    }

    /// <summary>True for the user who runs, and for root.</summary>
    public static bool IsOurs(uint user) => user == 0 || user == Posix.EffectiveUserId;

    private static string? WhyNotDirectory(string directory) =>
        Posix.IsSupported && Posix.TryRights(directory, out FileRights rights) == 0 ? WhyNot(rights) : null;

    /// <summary>Why something is not only ours; null if it is.</summary>
    private static string? WhyNot(in FileRights rights) =>
        !IsOurs(rights.User) ? $"belongs to user {rights.User}"
        : (rights.Mode & WritableByOthers) != 0 ? $"can be written by others ({ModeText(rights.Mode)})"
        : null;

    private static string ModeText(int mode) => "mode " + Convert.ToString(mode, 8).PadLeft(4, '0');
}
