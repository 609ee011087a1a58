using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>
/// Who may read and write an output. An output gives nobody a right that he lacks on one of its sources. An output that replaces a file
/// keeps that file's permissions. Linux only; on other systems outputs are made as the system makes files.
/// </summary>
public sealed class OutputRights
{
    /// <summary>The largest value of a mode, octal 777.</summary>
    public const int AllBits = 0x1FF;

    private const int ReadAndWrite = 0x1B6; // rw-rw-rw-
    private const int OwnerOnly = 0x180; // rw-------
    private const int OwnerMayRead = 0x100; // r--------
    private const int GroupBits = 0x38; // ---rwx---
    private const int OtherBits = 0x07; // ------rwx
    private const int GroupShift = 3;
    private const int NotWrittenByOthers = AllBits & ~0x12; // ----w--w- taken away
    private const string StandardInput = "/dev/stdin";

    private static readonly FileRights _owners = new(0, 0, OwnerOnly);

    private readonly FileRights[] _sources;
    private readonly int? _mode;
    private readonly int _most;

    private OutputRights(FileRights[] sources, int? mode, int most) => (_sources, _mode, _most) = (sources, mode, most);

    /// <summary>As the umask says: for an output that has no source.</summary>
    public static OutputRights ByUmask { get; } = new([], null, AllBits);

    /// <summary>
    /// No wider than any of these, and no wider than the umask allows. A device counts as its owner's only. The permissions of a pipe say
    /// nothing: a pipe is not counted, but an output made only of pipes is its owner's only.
    /// </summary>
    /// <param name="sources">Paths; "-" is standard input. One that does not exist is not counted.</param>
    /// <param name="mode">In place of all that: the permissions themselves, at most <see cref="AllBits"/>.</param>
    public static OutputRights Of(IReadOnlyCollection<string> sources, int? mode = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (!Posix.IsSupported)
        {
            return ByUmask;
        }

        FileRights[] counted = [.. sources.Select(source => RightsOf(source == "-" ? StandardInput : source)).OfType<FileRights>()];
        return new(counted.Length == 0 && sources.Count > 0 ? [_owners] : counted, mode, AllBits);
    }

    /// <summary>As these, but never writable by anyone else: for a file that will be believed when it is found again.</summary>
    public OutputRights ForOwnUse() => new(_sources, _mode, NotWrittenByOthers);

    /// <summary>
    /// Gives a complete draft its permissions. It has been its owner's only until now. If the file system has no permissions, the draft
    /// stays as it was made.
    /// </summary>
    /// <param name="file">The draft.</param>
    /// <param name="place">The output that it becomes.</param>
    internal void Give(SafeFileHandle file, OutputPlace place)
    {
        if (Posix.IsSupported)
        {
            // If this fails, the permissions stay narrower than they might be.
            _ = Posix.TryChangeMode(file, ModeOf(file, place) & _most);
        }
    }

    private int ModeOf(SafeFileHandle file, OutputPlace place)
    {
        if (_mode is { } wanted)
        {
            return wanted;
        }

        FileRights made = Posix.Rights(file, place.Name);
        if (place.Replace && Replaced(place.Name) is { } replaced)
        {
            bool keepsGroup = replaced.Group == made.Group || Posix.TryChangeGroup(file, replaced.Group) == 0;
            return AllBits & (keepsGroup ? replaced.Mode : WithoutGroup(replaced.Mode));
        }

        int mode = ReadAndWrite & ~Posix.Umask;
        foreach (FileRights source in _sources)
        {
            // Members of another group count as others of the source.
            mode &= source.Group == made.Group || source == _owners ? source.Mode : WithoutGroup(source.Mode);
        }

        return (_sources.Length > 0 && Posix.HasAccessList(file) ? mode & ~GroupBits : mode) | OwnerMayRead;
    }

    /// <summary>
    /// The rights of the file that an output replaces. If the file is somebody else's, its permissions are not kept: they may have been
    /// chosen so that its owner can read the replacement.
    /// </summary>
    private static FileRights? Replaced(string path) =>
        Posix.TryStatus(path, out FileStatus status, followLinks: false) == 0 && status.Type == NodeType.RegularFile
        && Posix.TryRights(path, out FileRights rights, followLinks: false) == 0 && StateTrust.IsOurs(rights.User)
            ? Narrowed(path, rights)
            : null;

    private static FileRights? RightsOf(string source)
    {
        int errno = Posix.TryStatus(source, out FileStatus status);
        if (errno is Errno.NoEntry or Errno.NotADirectory || (errno == 0 && IsStream(status.Type)))
        {
            return null;
        }

        return errno == 0 && status.Type == NodeType.RegularFile && Posix.TryRights(source, out FileRights rights) == 0
            ? Narrowed(source, rights)
            : _owners;
    }

    private static bool IsStream(NodeType type) => type is NodeType.Pipe or NodeType.Socket or NodeType.CharacterDevice;

    // With an access control list, the group bits say what some user or group may do, and not what the group may do.
    private static FileRights Narrowed(string path, FileRights rights) =>
        Posix.HasAccessList(path) ? rights with { Mode = rights.Mode & ~GroupBits } : rights;

    // The group keeps a right only if others have it too.
    private static int WithoutGroup(int mode) => (mode & ~GroupBits) | (mode & ((mode & OtherBits) << GroupShift));
}
