namespace BinarySync.Reliability.Tests.Faults;

/// <summary>How a program ended to which something was done.</summary>
/// <param name="Result">What it said, and its exit code: 137 where it was killed.</param>
/// <param name="Calls">The calls that counted, in order, each by name and file.</param>
/// <param name="Fired">How many of them the fault met.</param>
public sealed record FaultedRun(ToolResult Result, IReadOnlyList<string> Calls, int Fired)
{
    public bool HasFired => Fired > 0;

    /// <summary>Reads what fault.py has written down.</summary>
    public static FaultedRun From(ToolResult result, string log)
    {
        string[] lines = File.Exists(log) ? File.ReadAllLines(log) : [];
        Assert.True(lines.Length > 0 && lines[^1].StartsWith("calls ", StringComparison.Ordinal), $"no faults were made: {result.Errors}");
        return new FaultedRun(result, lines[..^1], int.Parse(lines[^1].Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>It was killed, by us.</summary>
    public FaultedRun IsKilled()
    {
        Result.Ends(137);
        Assert.True(HasFired);
        return this;
    }
}
