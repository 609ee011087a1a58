using System.Runtime.CompilerServices;
using System.Text;

namespace BinarySync.Snapshots;

/// <summary>
/// Compares a text with the one that was looked at and committed. File names follow Verify's conventions, so that the package
/// can take over: <c>Type.Method_parameter.verified.txt</c> beside the test, <c>.received.txt</c> for what came instead.
/// </summary>
public static class Snapshot
{
    /// <summary>Most lines of a difference that are shown.</summary>
    private const int MostLinesShown = 40;

    /// <summary>Fails if the text is not the verified one, or if there is none. Line ends are compared as LF.</summary>
    /// <param name="text">What the test has made.</param>
    /// <param name="file">The test's source file.</param>
    /// <param name="member">The test's method.</param>
    /// <param name="parameter">What tells one case of a theory from the next; characters unfit for file names are replaced.</param>
    /// <exception cref="SnapshotException">The texts differ; the received one has been written beside the verified one.</exception>
    public static void Verify(
        string text, [CallerFilePath] string file = "", [CallerMemberName] string member = "", string? parameter = null)
    {
        string source = Repository.PathOfSource(file);
        string name = $"{Path.GetFileNameWithoutExtension(source)}.{member}{(parameter is null ? "" : "_" + FileName(parameter))}";
        string prefix = Path.Combine(Path.GetDirectoryName(source)!, name);
        Compare(Normal(text), prefix + ".verified.txt", prefix + ".received.txt");
    }

    private static void Compare(string received, string verifiedPath, string receivedPath)
    {
        string? verified = File.Exists(verifiedPath) ? Normal(File.ReadAllText(verifiedPath)) : null;
        if (received == verified)
        {
            File.Delete(receivedPath);
            return;
        }

        File.WriteAllText(receivedPath, received);
        throw new SnapshotException(verified is null
            ? $"there is no {verifiedPath}; look at {receivedPath} and rename it if it is right"
            : $"{receivedPath} differs from the verified text:{Environment.NewLine}{Difference(verified, received)}");
    }

    /// <summary>The lines that differ between the common beginning and the common end.</summary>
    internal static string Difference(string verified, string received)
    {
        string[] before = verified.Split('\n');
        string[] after = received.Split('\n');
        int shorter = Math.Min(before.Length, after.Length);
        int head = 0;
        while (head < shorter && before[head] == after[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < shorter - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        StringBuilder text = new();
        text.AppendLine($"@@ line {head + 1} @@");
        Append('-', before[head..^tail]);
        Append('+', after[head..^tail]);
        return text.ToString();

        void Append(char sign, string[] lines)
        {
            foreach (string line in lines.Take(MostLinesShown))
            {
                text.Append(sign).AppendLine(line);
            }

            if (lines.Length > MostLinesShown)
            {
                text.Append(sign).AppendLine($"... {lines.Length - MostLinesShown} more");
            }
        }
    }

    private static string Normal(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string FileName(string parameter) =>
        string.Concat(parameter.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '=' ? c : '-'));
}

/// <summary>A text is not the verified one.</summary>
public sealed class SnapshotException(string message) : Exception(message);
