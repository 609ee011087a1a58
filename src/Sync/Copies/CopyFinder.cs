using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Copies;

/// <summary>Limits of the search for content that the base has elsewhere. Tests make them small.</summary>
internal sealed record CopyLimits
{
    /// <summary>Bytes of the index of needed contents.</summary>
    public long IndexLength { get; init; } = CopyIndex.LargestLength;

    /// <summary>Copies at most. Groups cut some of them in two, so this is less than a message may have.</summary>
    public int MostCopies { get; init; } = FormatLimits.MaxCopies * 3 / 4;
}

/// <summary>Finds blocks of B whose content is elsewhere in A, in three passes over the two checksum files.</summary>
internal sealed class CopyFinder(
    ChecksumSource remote, ChecksumSource master, SyncGeometry geometry, CopyLimits limits, SyncOptions options) : ICopySearch
{
    private readonly List<CopyRun> _runs = [];
    private readonly CopyIndex _index = new(geometry.Target.BlockCount, limits.IndexLength);

    public long BlocksLeftOut { get; private set; }

    public IReadOnlyList<CopyRun> Find()
    {
        if (geometry.Base.BlockCount == 0)
        {
            return [];
        }

        Compare(Want);
        BlocksLeftOut = _index.LeftOut;
        if (_index.IsEmpty)
        {
            return [];
        }

        Offer();
        if (!_index.HasFinds)
        {
            return [];
        }

        Compare(Form);
        return CopyCycles.Cut(_runs);
    }

    private void Compare(DifferenceHandler onDifference)
    {
        using ChecksumFileReader ofRemote = remote.Open();
        using ChecksumFileReader ofMaster = master.Open();
        ChecksumComparison.Run(ofRemote, ofMaster, geometry, onDifference, options);
        remote.RequireSame(ofRemote);
        master.RequireSame(ofMaster);
    }

    private void Want(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        int length = newHashes.Length / (int)Math.Max(1, newKind == NewKind.Data ? run.Count : 1);
        for (int at = 0; newKind == NewKind.Data && at < newHashes.Length; at += length)
        {
            if (!RepeatsTheOneBefore(newHashes, at, length))
            {
                _index.Want(newHashes.Slice(at, length));
            }
        }
    }

    private void Offer()
    {
        using ChecksumFileReader reader = remote.Open();
        using CoverageCursor compared = new(geometry.Coverage, geometry.Base.BlockCount);
        int length = reader.Header.Hash.Length;
        options.Progress.Begin("searching for content that is already there", geometry.Base.CoveredBytes(geometry.Coverage));
        while (reader.ReadRun(out ChecksumRun run))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            BlockRun left = run.Blocks;
            while (compared.NextInside(ref left, out BlockRun inside))
            {
                for (long block = inside.First; !run.IsZero && block < inside.End; block++)
                {
                    _index.Offer(run.Hashes.Span.Slice((int)(block - run.Blocks.First) * length, length), block);
                }

                options.Progress.Advance(geometry.Base.LengthOf(inside));
            }
        }

        remote.RequireSame(reader);
    }

    private void Form(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        if (newKind != NewKind.Data)
        {
            return;
        }

        int length = newHashes.Length / (int)run.Count;
        for (int i = 0; i < run.Count; i++)
        {
            long block = run.First + i;
            if (!RepeatsTheOneBefore(newHashes, i * length, length)
                && _index.SourceOf(newHashes.Slice(i * length, length)) is { } source
                && geometry.Base.LengthOf(source) == geometry.Target.LengthOf(block))
            {
                AddBlock(block, source);
            }
        }
    }

    private void AddBlock(long block, long source)
    {
        if (_runs.Count > 0 && _runs[^1] is var last && last.Blocks.End == block && last.SourceBlocks.End == source)
        {
            _runs[^1] = last with { Count = last.Count + 1 };
        }
        else if (_runs.Count < limits.MostCopies)
        {
            _runs.Add(new CopyRun(block, 1, source));
        }
        else
        {
            BlocksLeftOut++;
        }
    }

    // A stretch of equal blocks would be one copy for each block. Sending it takes less, since it shrinks to nothing.
    private static bool RepeatsTheOneBefore(ReadOnlySpan<byte> hashes, int at, int length) =>
        at > 0 && hashes.Slice(at, length).SequenceEqual(hashes.Slice(at - length, length));
}
