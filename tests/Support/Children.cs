using System.Diagnostics;

namespace BinarySync.Tests.Support;

/// <summary>
/// Starts every process of the tests. A child has a copy of each descriptor until it becomes another program. So a lock or an exclusive
/// open that one test gave up can be held for a moment longer, by the child of a test that runs beside it.
/// </summary>
public static class Children
{
    private static readonly ReaderWriterLockSlim Starting = new();

    /// <summary>
    /// Returns when the child is another program, and has no descriptor of ours any more. What the caller closed before is open nowhere
    /// when it begins.
    /// </summary>
    public static Process Start(ProcessStartInfo start)
    {
        Settle();
        Starting.EnterReadLock();
        try
        {
            return Process.Start(start)!;
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
}
