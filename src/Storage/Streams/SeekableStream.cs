using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Streams;

/// <summary>Reads, and writes if allowed, a regular file at offsets. Unbuffered: callers read in large pieces.</summary>
/// <param name="file">Owned.</param>
/// <param name="name">For messages.</param>
internal sealed class SeekableStream(SafeFileHandle file, string name, bool writable) : Stream, IPositionalReader
{
    private long _position;

    public override bool CanRead => !file.IsClosed;

    public override bool CanSeek => !file.IsClosed;

    public override bool CanWrite => writable && !file.IsClosed;

    public override long Length => Posix.IsSupported ? Posix.Status(file, name).Size : RandomAccess.GetLength(file);

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int count = ReadAt(buffer, _position);
        _position += count;
        return count;
    }

    public int ReadAt(Span<byte> buffer, long offset) =>
        Posix.IsSupported ? Posix.ReadAt(file, buffer, offset, name) : ReadPortably(buffer, offset);

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

    public override void Write(ReadOnlySpan<byte> data)
    {
        DemandWritable();
        if (Posix.IsSupported)
        {
            Posix.WriteAt(file, data, _position, name);
        }
        else
        {
            WritePortably(data);
        }

        _position += data.Length;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void WriteByte(byte value) => Write(new ReadOnlySpan<byte>(in value));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    public override void SetLength(long value)
    {
        DemandWritable();
        if (Posix.IsSupported)
        {
            Posix.Truncate(file, value, name);
        }
        else
        {
            RandomAccess.SetLength(file, value);
        }
    }

    /// <summary>Nothing is buffered, and nothing here is meant to be durable.</summary>
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

    private void DemandWritable()
    {
        if (!writable)
        {
            throw new NotSupportedException();
        }
    }

    private int ReadPortably(Span<byte> buffer, long offset)
    {
        int done = 0;
        try
        {
            while (done < buffer.Length && RandomAccess.Read(file, buffer[done..], offset + done) is var count and > 0)
            {
                done += count;
            }

            return done;
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.ReadFailed, name, "read", offset + done);
        }
    }

    private void WritePortably(ReadOnlySpan<byte> data)
    {
        try
        {
            RandomAccess.Write(file, data, _position);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.WriteFailed, name, "write", _position);
        }
    }
}
