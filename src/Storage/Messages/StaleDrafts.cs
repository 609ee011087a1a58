using System.Globalization;
using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>
/// Hidden drafts left by processes that were killed, or that lost their power. A live process holds a lock on its draft. A live process of
/// a version without such locks is found in the process table.
/// </summary>
internal static class StaleDrafts
{
    /// <summary>
    /// Removes the drafts of an output. Only this user's, and only if locks and process numbers can prove something: not on file systems
    /// that other machines use too.
    /// </summary>
    public static void Remove(OutputPlace place)
    {
        if (!Posix.IsSupported || !Posix.IsLocalFileSystem(place.Directory))
        {
            return;
        }

        foreach (string draft in Find(place))
        {
            if (Posix.TryOpen(draft, OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.NonBlocking, out SafeFileHandle? file) == 0)
            {
                using (file)
                {
                    RemoveDead(draft, file!);
                }
            }
        }
    }

    /// <summary>Whether a name in the place's directory is the name of one of its drafts, and the number of the process in it.</summary>
    internal static bool TryParse(ReadOnlySpan<char> name, string prefix, out int process)
    {
        process = 0;
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        name = name[prefix.Length..];
        int dash = name.IndexOf('-');
        return int.TryParse(dash < 0 ? name : name[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out process)
            && (dash < 0 || int.TryParse(name[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static string[] Find(OutputPlace place)
    {
        string prefix = place.TemporaryPrefix;
        try
        {
            return
            [
                .. DirectoryNames.Of(place.Directory)
                    .Where(name => TryParse(name, prefix, out int process) && !IsAnothers(process))
                    .Select(name => Path.Combine(place.Directory, name)),
            ];
        }
        catch (StorageException)
        {
            return []; // a directory that can be written and not read
        }
    }

    private static bool IsAnothers(int process) => process != Environment.ProcessId && Directory.Exists($"/proc/{process}");

    private static void RemoveDead(string draft, SafeFileHandle file)
    {
        if (Posix.TryStatus(draft, out FileStatus named, followLinks: false) == 0
            && named.Type == NodeType.RegularFile
            && named.IsSameNode(Posix.Status(file, draft))
            && Posix.Rights(file, draft).User == Posix.EffectiveUserId
            && Posix.TryHold(file))
        {
            Posix.Unlink(draft);
        }
    }
}
