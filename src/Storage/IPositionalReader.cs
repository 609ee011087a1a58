namespace BinarySync.Storage;

/// <summary>
/// A stream that can also be read at any offset, without moving its position. Safe from several threads at once, and while another one
/// reads the stream.
/// </summary>
public interface IPositionalReader
{
    /// <summary>Reads until the buffer is full or the stream ends.</summary>
    /// <param name="buffer">Filled from its beginning.</param>
    /// <param name="offset">Offset in the stream.</param>
    /// <returns>Bytes read.</returns>
    /// <exception cref="StorageException"><see cref="StorageError.ReadFailed"/>.</exception>
    int ReadAt(Span<byte> buffer, long offset);
}
