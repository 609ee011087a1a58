using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// Cuts a request into smaller ones, from which parts or groups of a few blocks are made: the programs close both after 8 MiB.
/// </summary>
internal static class RequestCutter
{
    /// <summary>Cuts one, into as many as are wanted or fewer, nearly equal.</summary>
    /// <param name="request">The whole.</param>
    /// <param name="trailer">Its trailer, if it has been read before.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="random">Decides where.</param>
    public static List<byte[]> Cut(OperationReader request, OperationsTrailer trailer, int wanted, Random random)
    {
        long each = Math.Max(1, (trailer.DataBlocks + trailer.ZeroBlocks + trailer.CopyBlocks) / wanted);
        List<byte[]> requests = [];
        Cutting? cutting = null;
        OperationGroup group = new();
        while (request.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                for (int i = 0; i < operation.Blocks.Count; i++)
                {
                    if (cutting is null || (cutting.Count >= each && requests.Count < wanted - 1 && random.Next(2) == 0))
                    {
                        Close();
                        cutting = new Cutting(request.RequestHeader);
                    }

                    cutting.Add(operation, group, i);
                }
            }
        }

        Close();
        return requests;

        void Close()
        {
            if (cutting is not null)
            {
                requests.Add(cutting.Finish(trailer));
            }
        }
    }

    /// <summary>Makes a data file of one of them.</summary>
    /// <param name="sync">Both sides.</param>
    /// <param name="part">The request.</param>
    /// <param name="whole">The trailer of the request that it was cut from.</param>
    /// <param name="change">What its header has besides.</param>
    public static byte[] Collect(SyncCase sync, byte[] part, OperationsTrailer whole, Func<DataFileHeader, DataFileHeader> change)
    {
        OperationReader request = new(
            new MessageReader(new MemoryStream(part), "part.dtr").Require(MessageKind.DataRequest), isPartial: true);
        using MemoryStream output = new();
        DataFileSpecification how = sync.HowData with { Repeats = false };
        DataFileWriter writer = new(output, change(how.Describe(new DataFileHeader(request.Header, sync.FrameSize))));
        BlockRunList changed = new();
        new FrameCollector(sync.StorageB, request, writer, how, changed).Run(FourSteps.Threads(1));
        Assert.Equal(0, changed.BlockCount);
        writer.Finish(whole.BaseRoot, whole.TargetRoot);
        return output.ToArray();
    }

    private sealed class Cutting
    {
        private readonly MemoryStream _output = new();
        private readonly DataRequestWriter _writer;

        public Cutting(DataRequestHeader header) => _writer = new DataRequestWriter(_output, header);

        public long Count { get; private set; }

        public void Add(in Operation operation, OperationGroup group, int index)
        {
            BlockRun block = new(operation.Blocks.First + index, 1);
            ReadOnlySpan<byte> old = operation.Old == OldKind.Hashed ? group.OldHash(operation, index) : [];
            ReadOnlySpan<byte> now = operation.HasNewHashes ? group.NewHash(operation, index) : [];
            _writer.Add(block, operation.New, operation.Old, old, now, operation.New == NewKind.Copy ? operation.Source + index : 0);
            Count++;
        }

        public byte[] Finish(OperationsTrailer whole)
        {
            _writer.Finish(whole.BaseRoot, whole.TargetRoot);
            return _output.ToArray();
        }
    }
}
