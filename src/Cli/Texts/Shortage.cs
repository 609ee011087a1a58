using BinarySync.Storage;

namespace BinarySync.Cli.Texts;

/// <summary>Resources that the system has refused to the runtime, outside of any call of this program: not a bug of the program.</summary>
internal static class Shortage
{
    /// <summary>The resource that is short, and what helps; null if an exception is something else.</summary>
    public static (string Message, string Hint)? Of(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OutOfMemoryException or InsufficientExecutionStackException or ThreadStartException:
                    return ("the system provides no more memory", "check the limits of the process ('ulimit -a') or of its container");
                case FileLoadException or BadImageFormatException or DllNotFoundException or FileNotFoundException { FileName: not null }:
                    return (
                        $"a part of the program cannot be loaded: {cause.Message.TrimEnd('.')}",
                        "the limit of open files may be too low ('ulimit -n'), or the installation is incomplete");
                case IOException or UnauthorizedAccessException when cause is not StorageException:
                    return ($"the system refuses: {cause.Message.TrimEnd('.')}", "check the limits of the process: 'ulimit -a'");
                default:
                    break;
            }
        }

        return null;
    }
}
