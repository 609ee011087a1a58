using System.Globalization;

namespace BinarySync.Cli.Maps;

/// <summary>What standard output can show.</summary>
/// <param name="Columns">Characters in a line.</param>
/// <param name="HasColour">It is a terminal with colours, and nobody has asked for none.</param>
internal readonly record struct Screen(int Columns, bool HasColour)
{
    private const int WithoutTerminal = 80;
    private const int Widest = 1000;

    /// <summary>As it is now: COLUMNS, or the terminal's own width, or 80; NO_COLOR and TERM=dumb.</summary>
    public static Screen OfOutput()
    {
        bool isTerminal = !Console.IsOutputRedirected;
        bool isKnown = int.TryParse(
            Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            && columns > 0;
        if (!isKnown)
        {
            columns = isTerminal ? Console.WindowWidth : 0;
        }

        bool isDumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        bool isPlain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        return new Screen(Math.Min(columns > 0 ? columns : WithoutTerminal, Widest), isTerminal && !isDumb && !isPlain);
    }
}
