namespace BinarySync.Storage.Files;

/// <summary>Names of Windows that do not mean a file.</summary>
internal static class WindowsNames
{
    private const string Devices = @"\\.\";
    private const string Verbatim = @"\\?\";

    /// <summary>True for a disk, a volume or another device: nobody has tried to read or patch one there.</summary>
    /// <param name="full">A full path, as the system makes it: of NUL, for example, <c>\\.\NUL</c>.</param>
    public static bool IsDevice(string full)
    {
        if (!full.StartsWith(Verbatim, StringComparison.Ordinal))
        {
            return full.StartsWith(Devices, StringComparison.Ordinal);
        }

        // A drive or a volume is a device, what lies on it is a file.
        ReadOnlySpan<char> rest = full.AsSpan(Verbatim.Length);
        int end = rest.IndexOf('\\');
        ReadOnlySpan<char> root = end < 0 ? rest : rest[..end];
        bool hasFiles = root is [_, ':']
            || root.Equals("UNC", StringComparison.OrdinalIgnoreCase)
            || root.StartsWith("Volume{", StringComparison.OrdinalIgnoreCase);
        return !hasFiles || end < 0 || end == rest.Length - 1;
    }
}
