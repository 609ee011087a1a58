using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Streams;

/// <summary>Reads a pipe, a character device or standard input: forward only, unbuffered.</summary>
/// <param name="file">Closed with the stream if it owns its descriptor.</param>
/// <param name="name">For messages.</param>
/// <param name="cancellation">Ends the waiting for a writer that sends nothing.</param>
internal sealed class ForwardReader(SafeFileHandle file, string name, CancellationToken cancellation) : OneWayStream
{
    private const int PollMilliseconds = 200;

    private long _position;

    public override bool CanRead => true;

    public override bool CanWrite => false;

    /// <summary>Bytes read so far.</summary>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int count = OperatingSystem.IsWindows() ? ReadPortably(buffer) : ReadHere(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) == 0 ? -1 : value;
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadHere(Span<byte> buffer)
    {
        bool wait = cancellation.CanBeCanceled && Posix.IsSupported;
        while (true)
        {
            if (wait)
            {
                do
                {
                    cancellation.ThrowIfCancellationRequested();
                }
                while (!Posix.WaitReadable(file, PollMilliseconds));
            }

            if (Posix.Read(file, buffer, name) is { } count)
            {
                return count;
            }

            // Another process that reads from it was faster, or there was no wait above.
            wait = true;
        }
    }

    private int ReadPortably(Span<byte> buffer)
    {
        try
        {
            return Kernel32.Read(file, buffer);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.ReadFailed, name, "read", _position);
        }
    }
}
