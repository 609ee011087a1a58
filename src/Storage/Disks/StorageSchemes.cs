using System.Buffers;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Disks;

/// <summary>
/// All ways to name a storage. A name is never tried as another kind than it looks like: a misspelt scheme must not become a file.
/// </summary>
/// <param name="entries">The entry for paths, and others in the order in which messages list them.</param>
internal sealed class StorageSchemes(params StorageScheme[] entries)
{
    private const string Mark = "://";

    private static readonly SearchValues<char> _letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly SearchValues<char> _inside = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>What this program can open on this system.</summary>
    public static StorageSchemes Known { get; } = new(Posix.IsSupported ? new LinuxPaths() : new PortablePaths());

    /// <summary>The entry that opens a source of this name.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.UnknownScheme"/>.</exception>
    public StorageScheme OfSource(string name) => Of(name, "source", entry => entry.CanBeSource);

    /// <summary>The entry that opens a target of this name.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.UnknownScheme"/>.</exception>
    public StorageScheme OfTarget(string name) => Of(name, "target", entry => entry.CanBeTarget);

    private StorageScheme Of(string name, string role, Func<StorageScheme, bool> can)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? prefix = PrefixOf(name);
        return Array.Find(entries, entry => can(entry) && string.Equals(entry.Prefix, prefix, StringComparison.OrdinalIgnoreCase))






            ?? throw Failure.Of(StorageError.UnknownScheme, name, $"{prefix}{Mark} names no {role} here; known are "
                + $"{string.Join(", ", entries.Where(can).Select(Words))}");
    }

    private static string Words(StorageScheme entry) => entry.Prefix is { } prefix ? prefix + Mark : "paths";

    // As in RFC 3986, but at least two characters: a single one is a drive letter. A name that has anything else before the mark is a path.
    private static string? PrefixOf(string name)
    {
        int end = name.IndexOf(Mark, StringComparison.Ordinal);
        bool isPrefix = end >= 2 && _letters.Contains(name[0]) && !name.AsSpan(0, end).ContainsAnyExcept(_inside);
        return isPrefix ? name[..end] : null;
    }
}
