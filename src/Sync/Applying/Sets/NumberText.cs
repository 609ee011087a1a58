using System.Globalization;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>Ascending numbers as people write them: "1-3, 5, 8-9".</summary>
public static class NumberText
{
    private const int Most = 20;

    /// <summary>The runs of the numbers: "none" if there are no numbers, and only the first runs if there are very many.</summary>
    public static string Of(IReadOnlyList<int> numbers)
    {
        List<string> runs = [];
        for (int i = 0; i < numbers.Count && runs.Count <= Most; i++)
        {
            int first = numbers[i];
            while (i + 1 < numbers.Count && numbers[i + 1] == numbers[i] + 1)
            {
                i++;
            }

            runs.Add(
                runs.Count == Most
                    ? "..."
                    : first == numbers[i]
                    ? first.ToString(CultureInfo.InvariantCulture)
                    : string.Create(CultureInfo.InvariantCulture, $"{first}-{numbers[i]}"));
        }

        return runs.Count == 0 ? "none" : string.Join(", ", runs);
    }
}
