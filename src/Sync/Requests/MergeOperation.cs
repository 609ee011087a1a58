using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Requests;

/// <summary>A data request that is to be merged.</summary>
/// <param name="Stream">Seekable: it is read twice. Stays the caller's.</param>
/// <param name="Name">Its name in messages.</param>
public sealed record MergeInput(Stream Stream, string Name);

/// <summary>The result of merging data requests.</summary>
/// <param name="Header">As written.</param>
/// <param name="Trailer">As written.</param>
public sealed record MergeResult(DataRequestHeader Header, OperationsTrailer Trailer);

/// <summary>
/// Makes one data request of those of several remotes with one master (Format.md 4.4). All are read side by side, with one group of each in
/// memory.
/// </summary>
public static class MergeOperation
{
    /// <summary>Reads all requests twice, first to identify them and then for their operations, and writes the merged one.</summary>
    /// <param name="inputs">1 to 4,096 requests.</param>
    /// <param name="label">Label of the merged request, or null.</param>
    /// <param name="output">Where the request is written.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <exception cref="MessageFormatException">One of them is refused.</exception>
    /// <exception cref="SyncException">They do not belong together.</exception>
    public static MergeResult Run(IReadOnlyList<MergeInput> inputs, string? label, Stream output, SyncOptions options)
    {
        options.Progress.Begin("merging", 2 * inputs.Sum(input => input.Stream.Length));
        (DataRequestHeader Header, OperationsTrailer Trailer)[] known = [.. inputs.Select(input => ReadAll(input, options))];
        (DataRequestHeader first, OperationsTrailer firstTrailer) = known[0];
        for (int i = 0; i < known.Length; i++)
        {
            RequireSame(inputs[0].Name, first, firstTrailer, inputs[i].Name, known[i].Header, known[i].Trailer);
        }

        DataRequestHeader header = new()
        {
            BlockSize = first.BlockSize,
            Hash = first.Hash,
            Coverage = first.Coverage,
            TargetSize = first.TargetSize,
            Label = label,
            Bases = new BaseList([.. known.Select(one => new BaseIdentity(one.Trailer.BaseRoot, one.Header.SyncGeometry.Base.Size))]),
        };
        DataRequestWriter writer = new(output, header);
        Source[] sources = [.. inputs.Select((input, i) => new Source(input, known[i].Header))];
        Merge(sources, writer, first.Hash.Length, options);
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i].RequireSame(known[i].Trailer);
        }

        return new MergeResult(header, writer.Finish(default, firstTrailer.TargetRoot));
    }

    private static (DataRequestHeader Header, OperationsTrailer Trailer) ReadAll(MergeInput input, SyncOptions options)
    {
        OperationReader reader = Open(input);
        if (reader.Header.Parent is not null)
        {
            throw new SyncException(SyncReason.RefinedRequest, input.Name, "refines a coarse request: its ranges are its own remote's");
        }

        if (reader.Header.Bases is not null)
        {
            throw new SyncException(SyncReason.MergedRequest, input.Name, "is merged already")
            {
                Values = [("to", "merge")],
            };
        }

        OperationGroup group = new();
        long position = 0;
        while (reader.ReadGroup(group))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            options.Progress.Advance(reader.Position - position);
            position = reader.Position;
        }

        options.Progress.Advance(reader.Position - position);
        return (reader.RequestHeader, reader.Trailer);
    }

    private static OperationReader Open(MergeInput input)
    {
        input.Stream.Position = 0;
        return new OperationReader(input.Stream, input.Name, MessageKind.DataRequest);
    }

    private static void RequireSame(
        string nameA, DataRequestHeader a, OperationsTrailer trailerA, string nameB, DataRequestHeader b, OperationsTrailer trailerB)
    {
        RequireEqual("block sizes", $"{a.BlockSize}", $"{b.BlockSize}", SyncReason.DifferentSpecifications);
        RequireEqual("hashes", a.Hash.Name, b.Hash.Name, SyncReason.DifferentSpecifications);
        RequireEqual("target sizes", $"{a.TargetSize}", $"{b.TargetSize}", SyncReason.DifferentMasters);
        RequireEqual("ranges", Short(a.Coverage), Short(b.Coverage), SyncReason.DifferentSpecifications, a.Coverage.Equals(b.Coverage));
        RequireEqual(
            "target roots",
            Convert.ToHexStringLower(trailerA.TargetRoot.Span),
            Convert.ToHexStringLower(trailerB.TargetRoot.Span),
            SyncReason.DifferentMasters);

        void RequireEqual(string what, string ofA, string ofB, SyncReason reason, bool? equal = null)
        {
            if (!(equal ?? ofA == ofB))
            {
                throw new SyncException(
                    reason,
                    string.Empty,
                    $"the requests have different {what}: {nameA} has {ofA}, {nameB} has {ofB}")
                {
                    Values = [("of", "requests"), ("what", what)],
                };
            }
        }
    }

    private static string Short(BlockCoverage coverage)
    {
        const int Shown = 3;
        return coverage.Ranges.Length <= Shown
            ? coverage.ToString()
            : $"{string.Join(',', coverage.Ranges[..Shown].ToArray())} and {coverage.Ranges.Length - Shown} more";
    }

    // From each block on, all sources that have it advance together until one of them ends or another one begins.
    private static void Merge(Source[] sources, DataRequestWriter writer, int hashLength, SyncOptions options)
    {
        List<Source> together = [];
        while (true)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            together.Clear();
            long first = sources.Min(source => source.First);
            if (first == OperationCursor.Behind)
            {
                return;
            }

            long end = long.MaxValue;
            foreach (Source source in sources)
            {
                if (source.First == first)
                {
                    together.Add(source);
                    end = Math.Min(end, source.End);
                }
                else
                {
                    end = Math.Min(end, source.First);
                }
            }

            BlockRun run = BlockRun.Between(first, end);
            Source one = together[0];
            foreach (Source other in together)
            {
                RequireSameContent(one, other, run, hashLength);
            }

            writer.Add(run, one.HasContent ? NewKind.Data : NewKind.Zero, OldKind.Elsewhere, [], one.NewHashes(run, hashLength));
            together.ForEach(source => source.GoTo(end, options));
        }
    }

    private static void RequireSameContent(Source one, Source other, BlockRun run, int hashLength)
    {
        ReadOnlySpan<byte> mine = one.NewHashes(run, hashLength);
        ReadOnlySpan<byte> its = other.NewHashes(run, hashLength);
        if (one.HasContent == other.HasContent && mine.SequenceEqual(its))
        {
            return;
        }

        long block = run.First + (one.HasContent == other.HasContent ? mine.CommonPrefixLength(its) / hashLength : 0);
        throw new SyncException(
            SyncReason.RequestsDisagree,
            string.Empty,
            $"{one.Name} and {other.Name} disagree on the new content of block {block}, although they name the same master: one of "
                + "them is wrong",
            [new BlockRun(block, 1)]);
    }

    /// <summary>One request, at the first of its blocks that has not been passed on.</summary>
    private sealed class Source
    {
        private readonly OperationReader _reader;
        private readonly OperationCursor _cursor;
        private long _position;

        public Source(MergeInput input, DataRequestHeader known)
        {
            _reader = Open(input);
            if (_reader.Header != known)
            {
                throw Changed();
            }

            _cursor = new OperationCursor(_reader);
            _cursor.Next();
            First = _cursor.Operation.Blocks.First;
        }

        public string Name => _reader.Source;

        public long First { get; private set; }

        public long End => _cursor.Operation.Blocks.End;

        /// <summary>True if the blocks do not become zeros. A block to be copied is data for the other remotes.</summary>
        public bool HasContent => _cursor.Operation.HasNewHashes;

        public ReadOnlySpan<byte> NewHashes(BlockRun run, int hashLength)
        {
            Operation operation = _cursor.Operation;
            return HasContent
                ? _cursor.Group.NewHashes(operation).Slice(
                    (int)(run.First - operation.Blocks.First) * hashLength, (int)run.Count * hashLength)
                : [];
        }

        public void GoTo(long block, SyncOptions options)
        {
            if (block < End)
            {
                First = block;
                return;
            }

            _cursor.Next();
            First = _cursor.Operation.Blocks.First;
            options.Progress.Advance(_reader.Position - _position);
            _position = _reader.Position;
        }

        public void RequireSame(OperationsTrailer trailer)
        {
            if (!_reader.Trailer.Digest.Span.SequenceEqual(trailer.Digest.Span))
            {
                throw Changed();
            }
        }

        private SyncException Changed() => new(SyncReason.MessageChanged, Name, "changed while it was being merged");
    }
}
