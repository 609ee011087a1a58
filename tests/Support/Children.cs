using System.Diagnostics;

namespace BinarySync.Tests.Support;

/// <summary>
/// Starts every process of the tests. A child has a copy of each descriptor until it becomes another program, and the kernel lets go of
/// the copies only when that program takes its first step. So a lock or an exclusive open that one test gave up can be held for a moment
/// longer, by the child of a test that runs beside it.
/// </summary>
public static class Children
{
    /// <summary>A program whose one step is to become another program.</summary>
    private static readonly string[] Step = ["/bin/sh", "-c", "exec \"$@\"", "sh"];

    /// <summary>How its command line begins in /proc.</summary>
    private static readonly string StepLine = string.Join('\0', Step) + '\0';

    private static readonly ReaderWriterLockSlim Starting = new();

    /// <summary>
    /// Returns when the child is the program that was asked for, and has no descriptor of ours any more. What the caller closed before is
    /// open nowhere when it begins.
    /// </summary>
    public static Process Start(ProcessStartInfo start)
    {
        Settle();
        Starting.EnterReadLock();
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                return Process.Start(start)!;
            }

            Process process = Process.Start(InTwoSteps(start))!;
            SpinWait wait = new();
            while (CommandLine(process.Id).StartsWith(StepLine, StringComparison.Ordinal))
            {
                wait.SpinOnce();
            }

            return process;
        }
        finally
        {
            Starting.ExitReadLock();
        }
    }

    /// <summary>After this, nothing that the caller closed before is open in a child.</summary>
    public static void Settle()
    {
        Starting.EnterWriteLock();
        Starting.ExitWriteLock();
    }

    /// <summary>The same, but begun by a program that shows in /proc when it has taken its first step.</summary>
    private static ProcessStartInfo InTwoSteps(ProcessStartInfo start)
    {
        string[] asked = [start.FileName, .. start.ArgumentList];
        start.FileName = Step[0];
        start.ArgumentList.Clear();
        foreach (string argument in Step[1..].Concat(asked))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Empty of one that has ended.</summary>
    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
