namespace BinarySync.Storage.Usage;

/// <summary>One line of /proc/swaps: a file or device that is swapped on.</summary>
/// <param name="Path">As the kernel sees it; a deleted file ends with " (deleted)".</param>
/// <param name="IsFile">True for a file, false for a device.</param>
internal sealed record SwapEntry(string Path, bool IsFile)
{
    /// <summary>Lines that are not understood, the headline among them, are left out.</summary>
    public static IReadOnlyList<SwapEntry> ParseAll(string text)
    {
        List<SwapEntry> entries = [];
        foreach (string line in text.Split('\n'))
        {
            string[] fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 2 && fields[0].StartsWith('/'))
            {
                entries.Add(new SwapEntry(OctalEscapes.Decode(fields[0]), fields[1] == "file"));
            }
        }

        return entries;
    }
}
