namespace BinarySync.Cli.Output;

/// <summary>Numbers with their nouns: one block, two blocks.</summary>
internal static class CountText
{
    public static string Blocks(long count) => count == 1 ? "1 block" : $"{count} blocks";

    public static string Ranges(long count) => count == 1 ? "1 range" : $"{count} ranges";
}
