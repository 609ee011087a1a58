using BinarySync.Storage;

namespace BinarySync.Cli.Texts;

/// <summary>What the system has refused to the runtime, outside of any call of this program: no defect of it.</summary>
internal static class Shortage
{
    /// <summary>What is short, and what helps; null where an exception is something else.</summary>
    public static (string Message, string Hint)? Of(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OutOfMemoryException or InsufficientExecutionStackException or ThreadStartException:
                    return ("the system gives no more memory", "see the limits of the process: 'ulimit -a', or those of its container");
                case FileLoadException or BadImageFormatException or DllNotFoundException or FileNotFoundException { FileName: not null }:
                    return (
                        $"a part of the program cannot be loaded: {cause.Message.TrimEnd('.')}",
                        "more open files may be needed ('ulimit -n'), or the program is not installed whole");
                case IOException or UnauthorizedAccessException when cause is not StorageException:
                    return ($"the system refuses: {cause.Message.TrimEnd('.')}", "see the limits of the process: 'ulimit -a'");
                default:
                    break;
            }
        }

        return null;
    }
}
