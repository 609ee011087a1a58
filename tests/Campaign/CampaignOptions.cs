using System.Globalization;

namespace BinarySync.Campaign;

/// <summary>The command line.</summary>
/// <param name="Minutes">How long.</param>
/// <param name="Seed">Equal seeds, equal cases.</param>
/// <param name="Kind">The name of a subject, or <see cref="AllKinds"/>.</param>
/// <param name="Case">The one case to be run, or null.</param>
/// <param name="From">The first case.</param>
internal sealed record CampaignOptions(double Minutes, int Seed, string Kind, long? Case, long From)
{
    public const string AllKinds = "all";

    public static string Usage =>
        "usage: Campaign [--minutes N] [--seed N] [--kind "
            + $"{string.Join('|', MutationCase.Subjects.Select(subject => subject.Name))}|{AllKinds}] [--from N] [--case N]";

    /// <summary>Null where the command line is wrong.</summary>
    public static CampaignOptions? Parse(string[] arguments)
    {
        CampaignOptions options = new(10, 1, AllKinds, null, 0);
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            CampaignOptions? next = arguments[i] switch
            {
                "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out double minutes) =>
                    options with { Minutes = minutes },
                "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out int seed) => options with { Seed = seed },
                "--case" when long.TryParse(value, CultureInfo.InvariantCulture, out long number) && number >= 0 =>
                    options with { Case = number },
                "--from" when long.TryParse(value, CultureInfo.InvariantCulture, out long first) && first >= 0 =>
                    options with { From = first },
                "--kind" when value == AllKinds || MutationCase.Subjects.Any(subject => subject.Name == value) =>
                    options with { Kind = value },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }
}
