namespace BinarySync.Cli.Advice;

/// <summary>Finds the word that a user may have meant to type.</summary>
internal static class NearestWord
{
    /// <summary>The candidate with the fewest typing errors; null if there are more than one, plus one for each three letters.</summary>
    public static string? Of(string typed, IEnumerable<string> candidates)
    {
        string letters = Letters(typed);
        return candidates
            .Select(candidate => (Word: candidate, Slips: Slips(letters, Letters(candidate))))
            .Where(near => near.Slips <= 1 + (letters.Length / 3) && near.Slips < Letters(near.Word).Length)
            .OrderBy(near => near.Slips)
            .FirstOrDefault().Word;
    }

    // Dashes, capitals and underscores do not count: -help, --Help and --block_size are near enough.
    private static string Letters(string word) => word.TrimStart('-').Replace('_', '-').ToLowerInvariant();

    // Letters that were left out, added, changed, or exchanged with their neighbour.
    private static int Slips(string one, string other)
    {
        int[] before = new int[other.Length + 1];
        int[] last = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int[] row = new int[other.Length + 1];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last) = (last, row);
        }

        return last[other.Length];
    }
}
