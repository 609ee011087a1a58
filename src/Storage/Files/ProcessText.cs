using System.Text;

namespace BinarySync.Storage.Files;

/// <summary>
/// The text that the process was given, with the bytes that are not UTF-8. The runtime has replaced them by U+FFFD, and that would name
/// another file.
/// </summary>
public static class ProcessText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The arguments with their bytes: see <see cref="PathText"/>.</summary>
    /// <param name="arguments">As the runtime gave them.</param>
    /// <returns>Null if some have such bytes, or may have, and the system does not say which.</returns>
    public static string[]? Arguments(string[] arguments)
    {
        if (!arguments.Any(IsDoubtful))
        {
            return arguments;
        }

        // The line may have the runtime and its own arguments before the program.
        List<byte[]> words = Words("/proc/self/cmdline");
        return words.Count < arguments.Length ? null : Arguments(arguments, words[^arguments.Length..]);
    }

    /// <summary>An environment variable that is a path; null if there is none.</summary>
    public static string? Variable(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        if (value is null || !IsDoubtful(value))
        {
            return value;
        }

        byte[] start = Encoding.UTF8.GetBytes(name + "=");
        byte[]? found = Words("/proc/self/environ").Find(word => word.AsSpan().StartsWith(start));
        return found is null ? value : PathText.Decode(found.AsSpan(start.Length));
    }

    internal static string[]? Arguments(string[] arguments, List<byte[]> words)
    {
        string[] exact = [.. words.Select(word => PathText.Decode(word))];
        for (int i = 0; i < arguments.Length; i++)
        {
            int same = arguments[i].IndexOf(Replacement, StringComparison.Ordinal);
            bool fits = same < 0 ? exact[i] == arguments[i] : exact[i].AsSpan().StartsWith(arguments[i].AsSpan(0, same));
            if (!fits)
            {
                return null;
            }
        }

        return exact;
    }

    private static bool IsDoubtful(string text) => text.Contains(Replacement, StringComparison.Ordinal);

    private static List<byte[]> Words(string path)
    {
        byte[] all;
        try
        {
            all = File.ReadAllBytes(path);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            return [];
        }

        // Each ends with a zero, the last one too.
        List<byte[]> words = [];
        for (int start = 0; Array.IndexOf(all, (byte)0, start) is var end and >= 0; start = end + 1)
        {
            words.Add(all[start..end]);
        }

        return words;
    }
}
