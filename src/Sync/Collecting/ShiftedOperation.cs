using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;
using BinarySync.Sync.Requests;
using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Makes a data file from the master and the remote's checksum file with rolling sums: what the remote has at any byte is copied. First the
/// master's checksum file is made, then what differs is searched, and then a data request is written and carried out. So the whole master
/// is read once, and what differs up to three times.
/// </summary>
public static class ShiftedOperation
{
    /// <summary>Reads the part of the master that the remote's checksum file covers, and writes the data file.</summary>
    /// <param name="master">B. It must stay the same in between: with Live, too, a block that has changed ends the run.</param>
    /// <param name="remote">The checksum file of A.</param>
    /// <param name="specification">How the data file is made.</param>
    /// <param name="holes">Whether the master's holes are read.</param>
    /// <param name="output">Where the data file is written.</param>
    /// <param name="createSpool">Makes room for a checksum file of the master, and for a data request; seekable.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The checksum file is refused.</exception>
    /// <exception cref="StorageException">The master cannot be read.</exception>
    /// <exception cref="SyncException">
    /// The checksum file has no rolling sums, there is nothing to compare, or the master changed while it was read.
    /// </exception>
    public static OnePassResult Run(
        IReadableStorage master, ChecksumSource remote, DataFileSpecification specification, HolePolicy holes, Stream output,
        Func<Stream> createSpool, SyncOptions options) =>
        Run(master, remote, specification, holes, output, createSpool, new ShiftLimits(), options);

    internal static OnePassResult Run(
        IReadableStorage master, ChecksumSource remote, DataFileSpecification specification, HolePolicy holes, Stream output,
        Func<Stream> createSpool, ShiftLimits limits, SyncOptions options)
    {
        SourceWatch watch = new(master, specification.Live);
        ChecksumSpecification how = DemandSearchable(master, remote, specification, out string name);
        using Stream checksums = createSpool();
        ChecksumResult ofMaster = ChecksumOperation.Run(master, how with { Holes = holes, Live = specification.Live }, checksums, options);
        ShiftSearch? search = null;
        using Stream request = createSpool();
        ChecksumSource made = new(checksums, $"the checksums of {master.Name}");
        DataRequestResult asked = DataRequestOperation.RunWithCopies(
            remote,
            made,
            geometry => search = new ShiftSearch(master, remote, made, geometry, limits, options),
            null,
            request,
            options);
        request.Position = 0;
        DataFileResult file = Collect(master, new OperationReader(request, name, MessageKind.DataRequest), specification, output, options);
        watch.ThrowIfChanged();
        return new OnePassResult(
            file with { ReadBytes = file.ReadBytes + ofMaster.ReadBytes + search!.ReadBytes },
            asked.SizeLeft,
            asked.ComparedBlocks,
            ofMaster.DoubtedHoles)
        {
            BlocksLeftOut = asked.BlocksLeftOut,
        };
    }

    // The request was made of the master a moment ago: it cannot be that of another one.
    private static DataFileResult Collect(
        IReadableStorage master, OperationReader request, DataFileSpecification specification, Stream output, SyncOptions options)
    {
        try
        {
            return DataFileOperation.Run(master, request, specification, output, options);
        }
        catch (SyncException changed) when (changed.Reason is SyncReason.OtherMaster or SyncReason.OtherMasterSize)
        {
            throw new SyncException(SyncReason.SourceChanged, master.Name, "changed while it was read", changed.Ranges)
            {
                Values = [("reads", "several")],
            };
        }
    }

    // How the master's checksum file is made: like the remote's, to the end of the master if that one reaches its own end.
    private static ChecksumSpecification DemandSearchable(
        IReadableStorage master, ChecksumSource remote, DataFileSpecification specification, out string name)
    {
        using ChecksumFileReader reader = remote.Open();
        name = reader.Source;
        if (!reader.Header.HasRollingSums)
        {
            throw new SyncException(
                SyncReason.NoRollingSums,
                reader.Source,
                "has no rolling sums: what has moved by any number of bytes cannot be found with it");
        }

        OnePassOperation.DemandComparable(master, reader, out _);
        specification.DemandBaseUsable(reader.Source, null, reader.Header.BlockSize);
        return new ChecksumSpecification
        {
            BlockSize = reader.Header.BlockSize,
            Hash = reader.Header.Hash,
            Coverage = reader.Header.Coverage.ExtendPastEnd(reader.Geometry.BlockCount),
            Parent = reader.Header.Parent,
        };
    }
}
