using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Inputs;

/// <summary>The place for a message from a pipe that has to be read more than once, or verified as a whole before it is used.</summary>
internal static class SpoolDirectory
{
    /// <summary>The directory of temporary files.</summary>
    public static string Temporary => OperatingSystem.IsWindows() ? Path.GetTempPath()
        : ProcessText.Variable("TMPDIR") is { Length: > 0 } given ? given
        : "/tmp";

    /// <summary>Copies the whole input into a nameless file there.</summary>
    /// <param name="input">The pipe.</param>
    /// <param name="source">Its name in messages.</param>
    /// <param name="directory">A directory with free space.</param>
    /// <param name="untouched">Named in the error if there is no space: what was not written.</param>
    /// <param name="hint">What helps then.</param>
    /// <param name="session">Progress and cancellation.</param>
    /// <exception cref="MessageFormatException">It does not begin like a message.</exception>
    /// <exception cref="StorageException">There is no space; nothing else has been written.</exception>
    public static Stream Spool(Stream input, string source, string directory, string untouched, string hint, CommandSession session)
    {
        Stream spool = SpoolFile.Create(directory);
        try
        {
            session.Options.Progress.Begin("spooling", 0);
            byte[] buffer = new byte[1 << 20];

            // A user who names a disk instead of a message should not have to wait until all of it is copied.
            int got = input.ReadAtLeast(buffer, MessageKinds.RecognizedLength, throwOnEndOfStream: false);
            MessageKinds.DemandMessage(buffer.AsSpan(0, Math.Min(got, MessageKinds.RecognizedLength)), source);
            for (; got > 0; got = input.Read(buffer))
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
            throw new AdvisedException(exception.With(exception.Context, $"nothing was written to {untouched}"), hint);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
