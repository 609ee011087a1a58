using BinarySync.Format;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Messages;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>A data file that is opened when it is needed.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="Open">A seekable stream.</param>
/// <param name="IsKept">
/// The stream is the same each time, and stays the caller's. Otherwise the code that opened a stream disposes of it.
/// </param>
public sealed record PartSource(string Name, Func<Stream> Open, bool IsKept = false);

/// <summary>
/// Parts of one set that are given together, checked before anything is written (Format.md 4.5). In order of their numbers.
/// </summary>
public sealed class PartFiles
{
    private PartFiles(DataFileHeader header, OperationsTrailer trailer, IReadOnlyList<PartFile> files)
    {
        Header = header;
        Trailer = trailer;
        Files = files;
        Set = header.Set!;
    }

    internal DataFileHeader Header { get; }

    internal OperationsTrailer Trailer { get; }

    internal IReadOnlyList<PartFile> Files { get; }

    internal SetPart Set { get; }

    /// <summary>
    /// Reads the operations of all files and makes sure that they belong together. Faults that only the content shows are found when the
    /// files are applied.
    /// </summary>
    /// <returns>Null for a single data file that is no part of a set.</returns>
    /// <exception cref="MessageFormatException">A file is refused.</exception>
    /// <exception cref="SyncException">
    /// <see cref="SyncError.OutOfBounds"/>: there are several files, and one is no part of a set; <see cref="SyncError.Mismatch"/>: parts
    /// of two sets, or one part twice.
    /// </exception>
    public static PartFiles? Look(IReadOnlyList<PartSource> sources, SyncOptions options)
    {
        DataFileHeader? header = null;
        OperationsTrailer? trailer = null;
        string firstName = string.Empty;
        Dictionary<int, PartFile> files = [];
        if (sources.Count > 1)
        {
            options.Progress.Begin("checking the parts", 0);
        }

        foreach (PartSource source in sources)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            MessagePins pins = new();
            (DataFileHeader ofThis, OperationsTrailer? itsTrailer) = Read(source, pins, sources.Count == 1);
            if (itsTrailer is null)
            {
                return null;
            }

            if (ofThis.Set is not { } set)
            {
                throw new SyncException(
                    SyncReason.NotPartOfSet,
                    source.Name,
                    "is not part of a set; only parts of one set can be applied together");
            }

            if (header is null)
            {
                (header, trailer, firstName) = (ofThis, itsTrailer, source.Name);
            }

            // Equal identities mean equal roots, because the identity is made of the roots; the reader has compared them.
            if (Common(ofThis) != Common(header) || !set.Id.Span.SequenceEqual(header.Set!.Id.Span))
            {
                throw new SyncException(
                    SyncReason.PartsOfOtherSets,
                    string.Empty,
                    $"{firstName} and {source.Name} are parts of two different sets");
            }

            if (files.TryGetValue(set.Part, out PartFile? twin))
            {
                throw new SyncException(
                    SyncReason.PartGivenTwice,
                    string.Empty,
                    $"{twin.Source.Name} and {source.Name} are both part {set.Part} of the set")
                {
                    Values = [("part", set.Part)],
                };
            }

            files.Add(set.Part, new PartFile(source, set.Part, itsTrailer.Digest, pins));
        }

        return new PartFiles(header!, trailer!, [.. files.Values.OrderBy(file => file.Part)]);
    }

    // The header fields that all parts of a set have in common; each part may have been compressed in its own way.
    private static DataFileHeader Common(DataFileHeader header) => header with
    {
        Set = header.Set! with { Id = default, Part = 1, FirstGroup = 0, GroupCount = 0 },
        Label = null,
        FrameSize = FormatLimits.DefaultFrameSize,
    };

    // A single data file that is no part of a set is read, and refused, when it is applied.
    private static (DataFileHeader Header, OperationsTrailer? Trailer) Read(PartSource source, MessagePins pins, bool isSingle)
    {
        Stream stream = PinnedStream.Of(source.Open(), source.Name, pins);
        try
        {
            stream.Position = 0;
            OperationReader reader = new(stream, source.Name, MessageKind.DataFile, skipContent: true);
            if (isSingle && reader.FileHeader.Set is null)
            {
                return (reader.FileHeader, null);
            }

            OperationCursor cursor = new(reader);
            while (cursor.Next())
            {
            }

            return (reader.FileHeader, reader.Trailer);
        }
        finally
        {
            if (!source.IsKept)
            {
                stream.Dispose();
            }
        }
    }
}

/// <summary>One of the parts, with the pins of the bytes read from its file: later, the name may lead to another file.</summary>
internal sealed record PartFile(PartSource Source, int Part, ReadOnlyMemory<byte> Digest, MessagePins Pins)
{
    /// <summary>Opens it once more.</summary>
    public PinnedStream Open() => PinnedStream.Of(Source.Open(), Source.Name, Pins);
}
