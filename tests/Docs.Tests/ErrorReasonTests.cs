using System.Text.Json;
using System.Text.RegularExpressions;
using BinarySync.Cli.Host;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync;

namespace BinarySync.Docs.Tests;

/// <summary>The reasons that an error gives with --json: the manual has each of them, with its exit code, and no others.</summary>
public sealed partial class ErrorReasonTests
{
    [Fact]
    public void Each_reason_is_in_the_manual_with_its_exit_code()
    {
        (string Reason, string Exit)[] expected =
        [
            (FailureText.UsageReason, $"{ExitCode.Usage}"),
            (FailureText.ShortageReason, $"{ExitCode.Failed}"),
            (FailureText.InterruptedReason, "128 + n"),
            (FailureText.DefectReason, $"{ExitCode.Defect}"),
            .. Enum.GetValues<StorageError>().Select(error => (FailureText.Kebab(error), $"{FailureText.CodeOf(error)}")),
            .. Enum.GetValues<FormatError>().Select(error => (FailureText.Kebab(error), $"{ExitCode.BadMessage}")),
            .. Enum.GetValues<SyncReason>().Select(
                reason => (FailureText.Kebab(reason), $"{FailureText.CodeOf(SyncException.ErrorOf(reason))}")),
        ];
        IEnumerable<(string, string)> documented = Manual.Below("## Errors as JSON")
            .Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value));
        Assert.Equal(expected.Order(), documented.Order());
        Assert.Distinct(expected.Select(row => row.Reason));
    }

    [Theory]
    [InlineData("dtfile apply u.dtf other", 4, "unrecognized-blocks")]
    [InlineData("dtfile apply nowhere.dtf a", 2, "not-found")]
    [InlineData("dtfile apply a b", 3, "not-a-message")]
    [InlineData("dtfile apply", 2, "usage")]
    [InlineData("ckfile a --blocks 4K", 2, "usage")]
    [InlineData("dtreq --remote a.ckf --master small.ckf -o x.dtr", 4, "different-specifications")]
    public void An_error_is_one_object_on_standard_error(string command, int exit, string reason)
    {
        using Shell shell = new();
        Assert.Empty(
            shell.Run(
                "seq 1 50000 > a; seq 2 50001 > b; tr 1-9 2-91 < a > other; ckfile a -q -o a.ckf; ckfile b -q -o b.ckf; ckfile b -b 512 -q "
                    + "-o small.ckf"
            + "; dtreq -q --remote a.ckf --master b.ckf -o u.dtr; dtfile b -q -r u.dtr -o u.dtf"));
        Assert.Equal($"exit {exit}\n", shell.Run($"{command} --json 2> error; echo exit $?"));
        string line = Assert.Single(shell.Run("cat error").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement error = document.RootElement.GetProperty("error");
        Assert.Equal((exit, reason), (error.GetProperty("exit").GetInt32(), error.GetProperty("reason").GetString()));

        // The words are those that people get.
        string[] said = shell.Run($"{command} 2>&1; :").Split('\n');
        Assert.Contains($": error: {error.GetProperty("message").GetString()!.Split("; ")[0]}", said[0], StringComparison.Ordinal);
        string? hint = said.FirstOrDefault(words => words.Contains(": hint: ", StringComparison.Ordinal));
        Assert.Equal(
            hint?[(hint.IndexOf(": hint: ", StringComparison.Ordinal) + ": hint: ".Length)..],
            error.TryGetProperty("hint", out JsonElement given) ? given.GetString() : null);
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \| ([0-9]+|128 \+ n) \| ")]
    private static partial Regex Row();
}
