using System.Globalization;
using BinarySync.Format;

namespace BinarySync.Cli;

/// <summary>How the parts of a set are called: NAME.001.dtf, NAME.002.dtf, ... with as many digits as all need, so that they sort.</summary>
internal static class PartNames
{
    private const int LeastDigits = 3;

    /// <summary>The name of one part.</summary>
    /// <param name="path">As one data file would be called.</param>
    /// <param name="part">From 1.</param>
    /// <param name="parts">In all.</param>
    public static string Of(string path, int part, int parts)
    {
        string extension = "." + MessageKind.DataFile.Extension();
        string stem = path.EndsWith(extension, StringComparison.Ordinal) && Path.GetFileName(path).Length > extension.Length ? path[..^extension.Length] : path;
        int digits = Math.Max(LeastDigits, parts.ToString(CultureInfo.InvariantCulture).Length);
        return $"{stem}.{part.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')}{extension}";
    }
}
