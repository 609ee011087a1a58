namespace BinarySync.Reliability.Tests.Faults;

/// <summary>What is done to a program at its n-th system call of a kind on the test's files; see fault.py.</summary>
/// <param name="Action">As fault.py names it.</param>
/// <param name="Calls">Which calls count: groups or names, with commas between.</param>
/// <param name="When">At which of them.</param>
public sealed record Fault(string Action, string Calls, string When)
{
    /// <summary>Every call that changes a file, a name or a size, or makes a change durable.</summary>
    public const string Change = "change";

    /// <summary>Only counts.</summary>
    public static Fault None(string calls = Change) => new("none", calls, "");

    /// <summary>SIGKILL before the n-th change is made.</summary>
    public static Fault Kill(int number) => new("kill", Change, $"--at {number}");

    /// <summary>SIGKILL when half of the n-th change has been made.</summary>
    public static Fault Tear(int number) => new("tear", Change, $"--at {number}");

    /// <summary>The n-th call, and no other, fails with this error.</summary>
    public static Fault Error(string error, string calls, int number) => new(error, calls, $"--at {number}");

    /// <summary>The n-th call and all that come after it fail with this error.</summary>
    public static Fault Errors(string error, string calls, int number) => new(error, calls, $"--from {number}");

    /// <summary>Every call is interrupted once, and works when it is repeated.</summary>
    public static Fault Interruptions(string calls) => new("EINTR", calls, "--odd");

    /// <summary>Every call reads or writes half of what was asked for.</summary>
    public static Fault ShortCounts(string calls) => new("short", calls, "--from 1");

    /// <summary>Signals before the n-th change: "INT", or "INT+TERM" for one after the other.</summary>
    public static Fault Signal(string signals, int number, string calls = Change) => new(signals, calls, $"--at {number}");

    /// <summary>The program waits before its n-th call.</summary>
    public static Fault Pause(int number, string calls = Change) => new("pause", calls, $"--at {number}");
}
