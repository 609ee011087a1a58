using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Streams;

/// <summary>
/// Writes forward through a buffer. After an error, every later call throws it again, so that no caller can pass over it and finish.
/// Disposing writes nothing: unflushed bytes are lost.
/// </summary>
/// <param name="file">Borrowed.</param>
/// <param name="name">For messages.</param>
internal sealed class BufferedWriter(SafeFileHandle file, string name) : OneWayStream
{
    private const int Capacity = 256 * 1024;

    // Bytes after which the system is asked to write them to the medium. It works while the next ones are made, and the flush at the end
    // has less to wait for.
    private const long WriteBackLength = 8 << 20;

    private readonly byte[] _buffer = new byte[Capacity];
    private int _buffered;
    private long _written;
    private long _sent;
    private StorageException? _failure;
    private bool _closed;

    public override bool CanRead => false;

    public override bool CanWrite => !_closed;

    /// <summary>Bytes accepted so far.</summary>
    public override long Position
    {
        get => _written + _buffered;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (data.Length > Capacity - _buffered)
        {
            Flush();
            if (data.Length >= Capacity)
            {
                Send(data);
                return;
            }
        }

        ThrowEarlierFailure();
        data.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += data.Length;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void WriteByte(byte value) => Write(new ReadOnlySpan<byte>(in value));

    /// <summary>Hands the buffer to the system. Not yet durable.</summary>
    public override void Flush()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        ReadOnlySpan<byte> pending = _buffer.AsSpan(0, _buffered);
        _buffered = 0;
        Send(pending);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _closed = true;
        base.Dispose(disposing);
    }

    private void Send(ReadOnlySpan<byte> data)
    {
        ThrowEarlierFailure();
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Kernel32.Write(file, data);
            }
            else
            {
                Posix.Write(file, data, name);
            }
        }
        catch (Exception error) when (error is StorageException || PortableFailure.IsSystem(error))
        {
            _failure = error as StorageException ?? PortableFailure.From(error, StorageError.WriteFailed, name, "write", _written);
            throw _failure;
        }

        _written += data.Length;
        if (Posix.IsSupported && _written - _sent >= WriteBackLength)
        {
            Posix.BeginWriteBack(file, _sent, _written - _sent);
            _sent = _written;
        }
    }

    private void ThrowEarlierFailure()
    {
        if (_failure is { } earlier)
        {
            throw earlier.With(earlier.Context);
        }
    }
}
