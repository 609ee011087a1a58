namespace BinarySync.Format;

/// <summary>Text from a file, made fit for a terminal.</summary>
public static class Printable
{
    private const int MostCharacters = 60;

    /// <summary>The text with control characters replaced, and cut if it is long.</summary>
    public static string Text(string text)
    {
        string visible = string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));
        return visible.Length <= MostCharacters ? visible : visible[..MostCharacters] + "...";
    }
}
