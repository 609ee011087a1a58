using System.Globalization;
using BinarySync.Format;

namespace BinarySync.Cli.Inputs;

/// <summary>
/// How the parts of a set are called: NAME.001.dtf, NAME.002.dtf, ... with as many digits as all need, so that they sort.
/// </summary>
internal static class PartNames
{
    private const int LeastDigits = 3;

    /// <summary>".dtf".</summary>
    public static string Extension { get; } = "." + MessageKind.DataFile.Extension();

    /// <summary>The name of one part.</summary>
    /// <param name="path">As one data file would be called.</param>
    /// <param name="part">From 1.</param>
    /// <param name="parts">In all.</param>
    /// <param name="kind">Of what they are parts.</param>
    public static string Of(string path, int part, int parts, MessageKind kind = MessageKind.DataFile)
    {
        string extension = "." + kind.Extension();
        return StemOf(path, extension) + Ending(part, parts, extension);
    }

    /// <summary>As one data file would be called; null for a part that is called in another way.</summary>
    public static string? PathOf(string name, int part, int parts)
    {
        string ending = Ending(part, parts, Extension);
        return name.EndsWith(ending, StringComparison.Ordinal) && name.Length > ending.Length ? name[..^ending.Length] + Extension : null;
    }

    /// <summary>What the names of all parts begin with.</summary>
    public static string StemOf(string path) => StemOf(path, Extension);

    /// <summary>As <see cref="StemOf(string)"/>, of another kind.</summary>
    public static string StemOf(string path, string extension) =>
        path.EndsWith(extension, StringComparison.Ordinal) && Path.GetFileName(path).Length > extension.Length
            ? path[..^extension.Length]
            : path;

    /// <summary>How many digits the numbers have.</summary>
    public static int DigitsOf(int parts) => Math.Max(LeastDigits, parts.ToString(CultureInfo.InvariantCulture).Length);

    private static string Ending(int part, int parts, string extension) =>
        $".{part.ToString(CultureInfo.InvariantCulture).PadLeft(DigitsOf(parts), '0')}{extension}";
}
