using BinarySync.Storage.Usage;

namespace BinarySync.Storage;

/// <summary>
/// What a storage is called. For words only: code asks for its properties by name (<see cref="IReadableStorage.HasFixedLength"/> and the
/// like).
/// </summary>
public enum StorageKind
{
    /// <summary>A regular file.</summary>
    RegularFile,

    /// <summary>A block device.</summary>
    BlockDevice,
}

/// <summary>
/// Size and times of a source, to see whether it changed while it was read. The times tell nothing if the source has none
/// (<see cref="IReadableStorage.HasTimes"/>).
/// </summary>
/// <param name="Length">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime since the epoch; 0 if there are no times.</param>
/// <param name="ChangedNanoseconds">ctime since the epoch; 0 if there is none.</param>
public readonly record struct SourceStamp(long Length, long ModifiedNanoseconds, long ChangedNanoseconds);

/// <summary>
/// A file or block device with a length, extents and positional reads. All offsets and lengths are bytes. Reading is
/// safe from several threads at once. Every failure is a <see cref="StorageException"/>.
/// </summary>
public interface IReadableStorage : IDisposable
{
    /// <summary>The path as the user gave it, for messages.</summary>
    string Name { get; }

    /// <summary>For words that people read; no code decides by it.</summary>
    StorageKind Kind { get; }

    /// <summary>
    /// True if the length is given and stays (a device). It may be longer than the patched part. The bytes behind that part are left alone,
    /// and nothing is cut, grown or reserved. False if the length follows what is written (a file).
    /// </summary>
    bool HasFixedLength { get; }

    /// <summary>
    /// True if the times of a <see cref="ReadStamp"/> show a change. Only a storage with a fixed length may have none, because the proof by
    /// a stamp decides what is cut.
    /// </summary>
    bool HasTimes { get; }

    /// <summary>Bytes, as of opening (and of the last <see cref="IWritableStorage.SetLength"/>).</summary>
    long Length { get; }

    /// <summary>Fills the whole buffer from <paramref name="offset"/>.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.ReadFailed"/>, or <see cref="StorageError.EndReached"/> if the storage ends before the
    /// buffer is full (it shrank since it was opened).
    /// </exception>
    void Read(Span<byte> buffer, long offset);

    /// <summary>
    /// As <see cref="Read"/>, in a pass that does not come back: the pages that this brings into the page cache may be given back to the
    /// system (<see cref="CachePolicy"/>).
    /// </summary>
    void ReadOnce(Span<byte> buffer, long offset) => Read(buffer, offset);

    /// <summary>
    /// Says that a stretch will be read soon, whole, by one call of <see cref="Read"/>. The system may bring it into its cache meanwhile: a
    /// disk does many such reads in the time of one. Only a hint, which never fails; a storage to which it is of no use does nothing.
    /// </summary>
    void Announce(long offset, int length)
    {
    }

    /// <summary>
    /// As <see cref="Read"/>, but from below the page cache if the system can do that (direct I/O, else after dropping
    /// the cached pages). Meaningful only after a <see cref="IWritableStorage.Flush"/>.
    /// </summary>
    void ReadBelowCache(Span<byte> buffer, long offset);

    /// <summary>
    /// The extent from <paramref name="offset"/> (inside the storage) to where data turns into hole or the reverse, at most to
    /// <see cref="Length"/>. If holes cannot be seen, the rest is one data extent.
    /// </summary>
    StorageExtent ExtentAt(long offset);

    /// <summary>
    /// Compares all holes that <see cref="ExtentAt"/> reports with the space that the file takes. Null if they can be true; else none of
    /// them may be believed. One-sided: a file that is stored compressed takes less space than it has bytes.
    /// </summary>
    HoleClaim? WeighHoles() => null;

    /// <summary>The stamp as of now, read from the open descriptor.</summary>
    SourceStamp ReadStamp();

    /// <summary>Which file this is, whatever its name; null if this is not a file, or if the system cannot tell.</summary>
    FileBirth? ReadBirth() => null;
}
