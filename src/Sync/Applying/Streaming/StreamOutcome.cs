using BinarySync.Format;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Streaming;

/// <summary>Adds up the results of the stretches of a stream.</summary>
/// <param name="reader">The stream.</param>
/// <param name="lengthBefore">Bytes of the target before the first stretch.</param>
internal sealed class StreamOutcome(IOperationReader reader, long lengthBefore)
{
    private readonly BlockRunList _unrecognized = new();
    private readonly BlockRunList _unreadable = new();
    private ApplyResult? _last;
    private ApplyStart _start;
    private WriteCounts _written;
    private long _oldBlocks;
    private long _newBlocks;
    private long _againBlocks;
    private long _verifiedBytes;

    /// <summary>True if a stretch has been applied.</summary>
    public bool HasBegun => _last is not null;

    /// <summary>Adds the next stretch.</summary>
    public void Add(ApplyResult result)
    {
        _last = result;
        _start = _start == ApplyStart.Fresh ? result.Start : _start;
        _oldBlocks += result.Plan.OldBlocks;
        _newBlocks += result.Plan.NewBlocks;
        _againBlocks += result.Plan.AgainBlocks;
        _verifiedBytes += result.VerifiedBytes;
        _written = new WriteCounts(
            _written.DataBlocks + result.Written.DataBlocks, _written.DataBytes + result.Written.DataBytes,
            _written.ZeroBlocks + result.Written.ZeroBlocks, 0, 0);
        _unrecognized.Add(result.Plan.Unrecognized);
        _unreadable.Add(result.Plan.Unreadable);
    }

    /// <summary>The result that a run of the whole stream would have had.</summary>
    public ApplyResult Result(ApplySpecification specification)
    {
        PatchPlan plan = _last!.Plan with
        {
            Trailer = reader.Trailer,
            Sizing = _last.Plan.Sizing with { LengthBefore = lengthBefore },
            OldBlocks = _oldBlocks,
            NewBlocks = _newBlocks,
            AgainBlocks = _againBlocks,
            Unrecognized = _unrecognized,
            Unreadable = _unreadable,
        };
        return new ApplyResult(
            plan,
            _start,
            specification.DryRun,
            null,
            _written,
            specification.Verify == VerifyMode.Full ? _last.VerifiedBytes : _verifiedBytes)
        {
            DoubtedHoles = _last.DoubtedHoles,
        };
    }
}
