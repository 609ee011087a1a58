using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>A message on standard output, which may be a pipe, a terminal or a file.</summary>
internal sealed class StandardOutput(SafeFileHandle file) : MessageOutput(StandardStreams.OutputName)
{
    private readonly BufferedWriter _writer = new(file, StandardStreams.OutputName);

    public override Stream Stream => _writer;

    public override void Commit()
    {
        _writer.Flush();
        if (Posix.IsSupported)
        {
            Posix.FlushWherePossible(file, Name);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _writer.Dispose();
        }
    }
}
