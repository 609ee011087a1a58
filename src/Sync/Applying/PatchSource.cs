using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>A data file that can be read several times: a regular file, or a pipe that was spooled.</summary>
/// <param name="stream">Seekable; stays the caller's.</param>
/// <param name="name">Its name in messages.</param>
public sealed class PatchSource(Stream stream, string name)
{
    public string Name => name;

    /// <summary>Bytes.</summary>
    public long Length => stream.Length;

    /// <summary>Begins to read from the front.</summary>
    /// <param name="skipContent">Pass over the frames: for a data file that has been verified.</param>
    public OperationReader Open(bool skipContent)
    {
        stream.Position = 0;
        return new OperationReader(stream, name, MessageKind.DataFile, skipContent);
    }
}
