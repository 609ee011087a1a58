namespace BinarySync.Sync.Checksums;

/// <summary>A checksum file that is to be joined with others.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Open">
/// Opens it at its beginning. If the stream can seek, this is called twice: for the header, and when its first block is due. So only files
/// whose ranges interleave are open at one time. A stream that cannot seek is kept open.
/// </param>
public sealed record JoinPart(string Name, Func<Stream> Open);
