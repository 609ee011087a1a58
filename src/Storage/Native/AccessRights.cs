using System.Globalization;

namespace BinarySync.Storage.Native;

/// <summary>Names the users who could have opened a path that this user could not.</summary>
internal static class AccessRights
{
    private const int Search = 1;
    private const int ReadBit = 4;
    private const int WriteBit = 2;
    private const int OwnerShift = 6;
    private const int GroupShift = 3;

    /// <summary>A hint; null if the permissions do not explain it (an access control list, a security module).</summary>
    /// <param name="path">The path that could not be opened.</param>
    /// <param name="writes">Whether it was to be written.</param>
    public static string? Explain(string path, bool writes)
    {
        if (Posix.TryRights(path, out FileRights rights) == 0)
        {
            return Explain(path, rights, writes ? ReadBit | WriteBit : ReadBit, writes ? "open it for writing" : "open it");
        }

        // The last directory on the way that can be examined is the one that refuses us.
        for (string? directory = Path.GetDirectoryName(FullPath(path)); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Posix.TryRights(directory, out rights) == 0)
            {
                return Explain(directory, rights, Search, "enter it");
            }
        }

        return null;
    }

    // A working directory that was removed has no name.
    private static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static string? Explain(string path, FileRights rights, int needed, string action)
    {
        if (Has(rights.Mode, needed))
        {
            return null;
        }

        string user = NameOf(rights.User, "/etc/passwd");
        string group = NameOf(rights.Group, "/etc/group");
        List<string> who = ["root"];
        if (rights.User != 0 && Has(rights.Mode >> OwnerShift, needed))
        {
            who.Add(user);
        }

        if (Has(rights.Mode >> GroupShift, needed))
        {
            who.Add($"a member of the group {group}");
        }

        string mode = Convert.ToString(rights.Mode, 8).PadLeft(4, '0');
        string all = who.Count == 1 ? "only root" : $"{string.Join(", ", who[..^1])} or {who[^1]}";
        return $"{path} belongs to {user}:{group}, mode {mode}: {all} may {action}";
    }

    private static bool Has(int mode, int needed) => (mode & needed) == needed;

    // A user or group that these files do not name (a directory service does) keeps its number.
    private static string NameOf(uint number, string file)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        try
        {
            return File.ReadLines(file).Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[2] == text)?[0]
                ?? text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return text;
        }
    }
}
