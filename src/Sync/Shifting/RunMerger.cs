using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Puts the runs of the pieces together, in order, and cuts them to whole blocks of B. Where two overlap, the earlier one has the bytes.
/// </summary>
/// <param name="target">B.</param>
/// <param name="mostRuns">The most runs; what is beyond is only counted.</param>
internal sealed class RunMerger(BlockGeometry target, int mostRuns)
{
    private readonly List<ShiftedRun> _runs = [];
    private ByteRun _last;

    /// <summary>The runs, ascending; complete after <see cref="Finish"/>.</summary>
    public IReadOnlyList<ShiftedRun> Runs => _runs;

    /// <summary>Blocks of runs for which there was no room.</summary>
    public long BlocksLeftOut { get; private set; }

    /// <summary>Takes the next run: it does not end before the one before it does.</summary>
    public void Add(ByteRun run)
    {
        ByteRun rest = run.Behind(_last.End);
        if (rest.End <= rest.From)
        {
            return;
        }

        if (rest.From == _last.End && rest.Shift == _last.Shift && _last.End > _last.From)
        {
            _last = _last with { End = rest.End };
            return;
        }

        Finish();
        _last = rest;
    }

    /// <summary>Takes the last run into the list.</summary>
    public void Finish()
    {
        BlockRun blocks = target.WholeBlocksInside(_last.From, _last.End - _last.From);

        // What has not moved is equal in place, and is searched only because what is beside it differs.
        if (blocks.Count > 0 && _last.End > _last.From && _last.Shift != 0)
        {
            if (_runs.Count < mostRuns)
            {
                _runs.Add(new ShiftedRun(blocks.First, blocks.Count, target.OffsetOf(blocks.First) + _last.Shift));
            }
            else
            {
                BlocksLeftOut += blocks.Count;
            }
        }

        _last = new ByteRun(_last.End, _last.End, 0);
    }
}
