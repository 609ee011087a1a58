namespace BinarySync.Storage;

/// <summary>
/// A target that is patched in place. The executor of a patch sees only this interface, so that a simulated disk can replace a real one.
/// </summary>
public interface IWritableStorage : IReadableStorage
{
    /// <summary>True if the storage now has at least one hole: fewer bytes allocated than its length.</summary>
    bool HasHoles { get; }

    /// <summary>Writes all of <paramref name="data"/>. Not durable before <see cref="Flush"/>.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.WriteFailed"/> or <see cref="StorageError.NoSpace"/>.</exception>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>
    /// Asks the system to begin to write a range to the medium, so that the next <see cref="Flush"/> has less to wait for. Only advice: it
    /// makes nothing durable, and an error comes with the flush.
    /// </summary>
    void BeginWriteBack(long offset, long length)
    {
    }

    /// <summary>
    /// Makes the range read as zeros by asking the device or file system, without discarding (blocks stay allocated). False if that is not
    /// possible or the range is not aligned for it: then nothing has changed, and the caller writes zeros.
    /// </summary>
    bool TryZeroRange(long offset, long length);

    /// <summary>Turns the range into a hole. False if that is not possible: then nothing has changed.</summary>
    bool TryPunchHole(long offset, long length);

    /// <summary>
    /// Reserves space for the range (past the end too, without changing the length). False if the file system cannot promise it.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.NoSpace"/>: there is no space; the content is unchanged.</exception>
    bool TryAllocate(long offset, long length);

    /// <summary>
    /// Checks that the file system of a regular file has space for this many more bytes. If it does not tell, it is taken to have.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.NoSpace"/>.</exception>
    void DemandRoom(long bytes)
    {
    }

    /// <summary>Gives back the space that <see cref="TryAllocate"/> reserved past the end.</summary>
    void ReleasePastEnd();

    /// <summary>
    /// Cuts or grows the storage; the grown part reads as zeros. Not durable before <see cref="Flush"/>. The current length is checked
    /// first: bytes that another process has added would be lost, or become part of the patched content.
    /// </summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.LengthChanged"/>: nothing was done; or <see cref="StorageError.WriteFailed"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">It has a fixed length, and another one than this.</exception>
    void SetLength(long length);

    /// <summary>Checks that the storage still has <see cref="IReadableStorage.Length"/> bytes.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.LengthChanged"/>.</exception>
    void DemandLength()
    {
    }

    /// <summary>
    /// Returns only when everything written is durable (fsync; on a block device this includes its own cache).
    /// </summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.FlushFailed"/>: nothing written since the last flush may be believed, and trying again proves nothing.
    /// </exception>
    void Flush();
}
