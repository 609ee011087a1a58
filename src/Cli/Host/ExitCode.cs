namespace BinarySync.Cli.Host;

/// <summary>The exit codes of all programs (docs/manual/scripting.md, "Exit codes").</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Different = 1;
    public const int Usage = 2;
    public const int BadMessage = 3;
    public const int Mismatch = 4;
    public const int Failed = 5;
    public const int InUse = 6;
    public const int VerificationFailed = 7;
    public const int Defect = 70;

    /// <summary>Added to the number of the signal that ended the program.</summary>
    public const int SignalBase = 128;
}
