using BinarySync.Storage;

namespace BinarySync.Cli;

/// <summary>Where a data file from a pipe waits until it has been verified whole.</summary>
internal static class SpoolDirectory
{
    /// <summary>Takes all of the input into a nameless file there.</summary>
    /// <exception cref="StorageException">There is no room; nothing else has been written.</exception>
    public static Stream Spool(Stream input, string directory, CommandSession session)
    {
        Stream spool = SpoolFile.Create(directory);
        try
        {
            session.Options.Progress.Begin("spooling", 0);
            byte[] buffer = new byte[1 << 20];
            for (int got; (got = input.Read(buffer)) > 0;)
            {
                session.Options.Cancellation.ThrowIfCancellationRequested();
                spool.Write(buffer.AsSpan(0, got));
                session.Options.Progress.Advance(got);
            }

            return spool;
        }
        catch (StorageException exception) when (exception.Error == StorageError.NoSpace)
        {
            spool.Dispose();
            throw new StorageException(
                exception.Error, exception.Path, $"{exception.Message}; nothing was written to the target", exception.Errno, exception.Offset, "--spool names a directory with more room");
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
