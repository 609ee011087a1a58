using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Checksums;

/// <summary>The result of joining checksum files.</summary>
/// <param name="Header">As written.</param>
/// <param name="Trailer">As written.</param>
/// <param name="Missing">The blocks of the target that are in no part; none unless that was allowed.</param>
/// <param name="ReadBytes">Bytes of the parts.</param>
public sealed record JoinResult(ChecksumFileHeader Header, ChecksumFileTrailer Trailer, BlockRunList Missing, long ReadBytes)
{
    /// <summary>True if some parts have rolling sums, and the result has none, because others do not.</summary>
    public bool DropsRollingSums { get; init; }
}

/// <summary>
/// Makes one checksum file of several for ranges of one target. Byte for byte, it equals the result of one pass over all those ranges:
/// sections and root depend only on content and coverage (Format.md 6, 10).
/// </summary>
public static class JoinOperation
{
    /// <summary>Reads all parts once, side by side, and writes the joined file.</summary>
    /// <param name="parts">At least one; in any order, and they may overlap.</param>
    /// <param name="partial">True if the parts need not have every block of the target.</param>
    /// <param name="label">Label of the result, or null; those of the parts are not passed on.</param>
    /// <param name="output">Where it is written.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <exception cref="MessageFormatException">A part is refused.</exception>
    /// <exception cref="SyncException">They do not belong together, disagree, or leave blocks out.</exception>
    /// <exception cref="StorageException">A part cannot be read.</exception>
    public static JoinResult Run(IReadOnlyList<JoinPart> parts, bool partial, string? label, Stream output, SyncOptions options)
    {
        List<JoinReader> readers = [];
        try
        {
            foreach (JoinPart part in parts)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                readers.Add(new JoinReader(part, readers.Count));
                JoinAgreement.Require(readers[0], readers[^1]);
            }

            BlockRunList missing = new();
            ChecksumFileHeader first = readers[0].Header;
            ChecksumFileHeader header = new()
            {
                BlockSize = first.BlockSize,
                Hash = first.Hash,
                Size = first.Size,
                Coverage = Join([.. readers.Select(reader => reader.Header.Coverage)], first.Geometry.BlockCount, partial, missing),
                Label = label,
                Parent = first.Parent,

                // If a part was made without reading the target, so was the whole.
                IsDerived = readers.Exists(reader => reader.Header.IsDerived),
                HasRollingSums = readers.TrueForAll(reader => reader.Header.HasRollingSums),
            };
            options.Progress.Begin("joining", header.Geometry.CoveredBytes(header.Coverage));
            using ChecksumFileWriter writer = new(output, header);
            Merge(readers, header, writer, options);
            return new JoinResult(header, writer.Finish(), missing, readers.Sum(reader => reader.Length))
            {
                DropsRollingSums = !header.HasRollingSums && readers.Exists(reader => reader.Header.HasRollingSums),
            };
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    private static BlockCoverage Join(IReadOnlyList<BlockCoverage> coverages, long blockCount, bool partial, BlockRunList missing)
    {
        List<BlockRun> ranges = [];
        long count = 0;
        long end = 0;
        foreach (BlockRun range in Union(coverages, blockCount))
        {
            AddGap(end, range.First);
            end = range.End;
            count++;
            if (count <= FormatLimits.MaxRanges)
            {
                ranges.Add(range);
            }
        }

        AddGap(end, blockCount);
        if (missing.BlockCount > 0 && !partial)
        {
            throw new SyncException(
                SyncReason.PartsLeaveOut,
                string.Empty,
                $"the parts leave out {missing} of the target's {blockCount}",
                missing.Runs);
        }

        return count <= FormatLimits.MaxRanges
            ? BlockCoverage.Of(ranges).ClipTo(blockCount)
            : throw new SyncException(
                SyncReason.TooManyRanges,
                string.Empty,
                $"the parts have {count} ranges together; a checksum file has at most {FormatLimits.MaxRanges}")
            {
                Values = [("of", "parts"), ("ranges", count)],
            };

        void AddGap(long from, long to)
        {
            if (to > from)
            {
                missing.Add(BlockRun.Between(from, to));
            }
        }
    }

    // All ranges of all parts, ascending and maximal. There may be far more of them than in the union, so they are not put into one list.
    private static IEnumerable<BlockRun> Union(IReadOnlyList<BlockCoverage> coverages, long blockCount)
    {
        PriorityQueue<IEnumerator<BlockRun>, long> next = new();
        foreach (BlockCoverage coverage in coverages)
        {
            Await(coverage.RunsIn(blockCount).GetEnumerator());
        }

        BlockRun union = default;
        while (next.TryDequeue(out IEnumerator<BlockRun>? ranges, out _))
        {
            BlockRun range = ranges.Current;
            if (range.First > union.End)
            {
                if (union.Count > 0)
                {
                    yield return union;
                }

                union = range;
            }
            else
            {
                union = BlockRun.Between(union.First, Math.Max(union.End, range.End));
            }

            Await(ranges);
        }

        if (union.Count > 0)
        {
            yield return union;
        }

        void Await(IEnumerator<BlockRun> ranges)
        {
            if (ranges.MoveNext())
            {
                next.Enqueue(ranges, ranges.Current.First);
            }
        }
    }

    private static void Merge(List<JoinReader> readers, ChecksumFileHeader header, ChecksumFileWriter writer, SyncOptions options)
    {
        PriorityQueue<JoinReader, (long Next, int Number)> waiting = new();
        foreach (JoinReader reader in readers)
        {
            if (reader.IsDone)
            {
                // Its ranges are all behind the target's end: it covers nothing, but is still checked.
                reader.CheckEnd();
            }
            else
            {
                waiting.Enqueue(reader, (reader.Next, reader.Number));
            }
        }

        Stack<ChecksumSection> sections = new();
        List<JoinReader> here = [];
        JoinOverlap overlap = new();
        while (waiting.TryPeek(out JoinReader? first, out _))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            BlockRun run = TakeFront(waiting, here, first.Next, sections);
            overlap.Compare(run, here);
            if (!overlap.IsBroken)
            {
                Write(writer, run, here[0].Current, header);
                options.Progress.Advance(first.Header.Geometry.LengthOf(run));
            }

            foreach (JoinReader reader in here)
            {
                reader.Take(run.Count, sections);
                if (!reader.IsDone)
                {
                    waiting.Enqueue(reader, (reader.Next, reader.Number));
                }
            }

            overlap.ThrowIfComplete();
        }
    }

    // Takes the parts that have the first block of all. Returns the blocks up to the end of their shortest current run, or to the beginning
    // of another part.
    private static BlockRun TakeFront(
        PriorityQueue<JoinReader, (long Next, int Number)> waiting, List<JoinReader> here, long first, Stack<ChecksumSection> sections)
    {
        here.Clear();
        long end = long.MaxValue;
        while (waiting.TryPeek(out JoinReader? reader, out _))
        {
            if (reader.Next != first)
            {
                end = Math.Min(end, reader.Next);
                break;
            }

            waiting.Dequeue();
            reader.Load(sections);
            here.Add(reader);
            end = Math.Min(end, reader.Current.Blocks.End);
        }

        return BlockRun.Between(first, end);
    }

    private static void Write(ChecksumFileWriter writer, BlockRun run, in ChecksumRun current, ChecksumFileHeader header)
    {
        if (current.IsZero)
        {
            writer.AddZeros(run);
        }
        else
        {
            int sumsLength = header.HasRollingSums ? (int)run.Count * RollingSum.Length : 0;
            writer.AddData(run, current.Hashes.Span[..((int)run.Count * header.Hash.Length)], current.Sums.Span[..sumsLength]);
        }
    }
}
