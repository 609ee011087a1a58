using System.Globalization;
using System.Text;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Progress;

/// <summary>Progress in words: as a whole line, as a line of some width, and as JSON.</summary>
internal static class ProgressText
{
    private const int SizeWidth = 8;
    private const int TimeWidth = 7;

    /// <summary>"[4/5] writing: 1 MiB of 4 MiB (25%), 512 KiB/s, 0:06 left".</summary>
    public static string Plain(in ProgressView view)
    {
        if (view.Total == 0 && view.Done == 0)
        {
            return $"{view.Step}{view.Phase}: {Clock(view.Elapsed)} so far";
        }

        string of = view.Percent is { } percent ? $" of {SizeText.Format(view.Total)} ({Whole(percent)}%)" : string.Empty;
        string left = view.Left is { } time ? $", {Clock(time)} left" : string.Empty;
        return $"{view.Step}{view.Phase}: {SizeText.Format(view.Done)}{of}, {SizeText.Format((long)view.Rate)}/s{left}";
    }

    /// <summary>One object on one line. No name in it needs to be escaped.</summary>
    public static string Json(string tool, in ProgressView view)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        string total = view.Total > 0 ? view.Total.ToString(culture) : "null";
        string count = view.Count > 0 ? view.Count.ToString(culture) : "null";
        string what = string.Create(
            culture, $"\"tool\":\"{tool}\",\"number\":{view.Number},\"phases\":{count},\"phase\":\"{view.Phase}\"");
        string done = string.Create(culture, $"\"seconds\":{view.Elapsed.TotalSeconds:0.###},\"done\":{view.Done},\"total\":{total}");
        string rate = string.Create(culture, $"\"percent\":{Number(view.Percent)},\"bytes_per_second\":{(long)view.Rate}");
        return string.Create(culture, $"{{{what},{done},{rate},\"seconds_left\":{Number(view.Left?.TotalSeconds)}}}");
    }

    /// <summary>
    /// As much as fits: the phase, how far, how much, how fast, how much longer. The figures have fixed widths, so that nothing jumps and
    /// the same pieces fit from one moment to the next.
    /// </summary>
    /// <param name="tool">The program.</param>
    /// <param name="view">The phase to be shown.</param>
    /// <param name="columns">Characters in a line.</param>
    /// <param name="colour">The bar may be coloured.</param>
    /// <returns>At most one character less than the columns: in the last one, terminals wrap. Escapes are not counted.</returns>
    public static string Line(string tool, in ProgressView view, int columns, bool colour)
    {
        int room = columns - 1;
        string name = $"{tool}: {view.Step}{view.Phase}";
        string rate = $"  {SizeText.Format((long)view.Rate).PadLeft(SizeWidth)}/s";
        string done = SizeText.Format(view.Done).PadLeft(SizeWidth);
        if (view.Percent is not { } percent)
        {
            string elapsed = $"  {Clock(view.Elapsed).PadLeft(TimeWidth)}";
            return view.Done == 0
                ? Longest(room, name + elapsed, view.Phase + elapsed, view.Phase)
                : Longest(
                    room,
                    $"{name}  {done}{rate}{elapsed}",
                    $"{view.Phase}  {done}{rate}{elapsed}",
                    $"{view.Phase}  {done}{rate}",
                    $"{view.Phase}  {done}",
                    done.TrimStart());
        }

        string share = $"{Whole(percent),3}%";
        string bytes = $"  {done} of {SizeText.Format(view.Total)}";
        string left = $"  {(view.Left is { } time ? Clock(time) : string.Empty).PadLeft(TimeWidth)} left";
        foreach (int width in (ReadOnlySpan<int>)[30, 20, 10])
        {
            // Beside it, a bracket on each side and a space before it.
            if (name.Length + width + 3 + 1 + share.Length + bytes.Length + rate.Length + left.Length <= room)
            {
                return $"{name} {Bar(percent, width, colour)} {share}{bytes}{rate}{left}";
            }
        }

        return Longest(
            room,
            $"{name} {share}{bytes}{rate}{left}",
            $"{view.Phase} {share}{bytes}{rate}{left}",
            $"{view.Phase} {share}{rate}{left}",
            $"{view.Phase} {share}{left}",
            $"{view.Phase} {share}",
            share.TrimStart());
    }

    // The first text that fits; an empty one if none does.
    private static string Longest(int room, params ReadOnlySpan<string> texts)
    {
        foreach (string text in texts)
        {
            if (text.Length <= room)
            {
                return text;
            }
        }

        return string.Empty;
    }

    // Characters that every terminal has, with the same width in all of them.
    private static string Bar(double percent, int width, bool colour)
    {
        int filled = (int)(percent / 100 * width);
        StringBuilder bar = new("[");
        bar.Append(colour ? "\e[36m" : string.Empty)
            .Append('=', filled)
            .Append(filled < width ? ">" : string.Empty)
            .Append(colour ? "\e[0m" : string.Empty);
        return bar.Append(' ', Math.Max(0, width - filled - 1)).Append(']').ToString();
    }

    private static string Whole(double percent) => Math.Floor(percent).ToString("0", CultureInfo.InvariantCulture);

    private static string Number(double? value) => value?.ToString("0.#", CultureInfo.InvariantCulture) ?? "null";

    // "0:06", "1:02:03", "12 d 3 h".
    private static string Clock(TimeSpan time) => time.TotalHours < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00}")
        : time.TotalHours < 100
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h");
}
