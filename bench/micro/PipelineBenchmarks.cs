using BinarySync.Cli.Output;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Bench.Micro;

/// <summary>
/// What the ordered pipeline costs an item that is no work: taking, handing on in order, and the gate between the threads.
/// </summary>
public class PipelineBenchmarks
{
    private const int Items = 10_000;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Benchmark]
    [Rate(Items, "items")]
    public int Run()
    {
        int taken = 0;
        int emitted = 0;
        OrderedPipeline<object>.Run(Threads, () => new object(), _ => taken++ < Items, _ => { }, _ => emitted++, CancellationToken.None);
        return emitted;
    }
}
