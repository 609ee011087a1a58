using System.Globalization;
using BinarySync.Format;

namespace BinarySync.Cli.Inputs;

/// <summary>The names of the parts of a set: NAME.001.dtf, NAME.002.dtf, ... with as many digits as all need, so that they sort.</summary>
internal static class PartNames
{
    private const int LeastDigits = 3;

    /// <summary>".dtf".</summary>
    public static string Extension { get; } = "." + MessageKind.DataFile.Extension();

    /// <summary>The name of one part.</summary>
    /// <param name="path">The name that one data file would have.</param>
    /// <param name="part">From 1.</param>
    /// <param name="parts">The number of parts.</param>
    /// <param name="kind">The kind of the whole.</param>
    public static string Of(string path, int part, int parts, MessageKind kind = MessageKind.DataFile)
    {
        string extension = "." + kind.Extension();
        return StemOf(path, extension) + Ending(part, parts, extension);
    }

    /// <summary>The name that one data file would have; null for a part with another form of name.</summary>
    public static string? PathOf(string name, int part, int parts)
    {
        string ending = Ending(part, parts, Extension);
        return name.EndsWith(ending, StringComparison.Ordinal) && name.Length > ending.Length ? name[..^ending.Length] + Extension : null;
    }

    /// <summary>The beginning of the names of all parts.</summary>
    public static string StemOf(string path) => StemOf(path, Extension);

    /// <summary>As <see cref="StemOf(string)"/>, for another kind.</summary>
    public static string StemOf(string path, string extension) =>
        path.EndsWith(extension, StringComparison.Ordinal) && Path.GetFileName(path).Length > extension.Length
            ? path[..^extension.Length]
            : path;

    /// <summary>The number of digits in a part's number.</summary>
    public static int DigitsOf(int parts) => Math.Max(LeastDigits, parts.ToString(CultureInfo.InvariantCulture).Length);

    private static string Ending(int part, int parts, string extension) =>
        $".{part.ToString(CultureInfo.InvariantCulture).PadLeft(DigitsOf(parts), '0')}{extension}";
}
