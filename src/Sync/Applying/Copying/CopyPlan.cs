using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>Where in a data file the operation of a copy stands.</summary>
/// <param name="GroupOffset">Where the section of its group begins.</param>
/// <param name="Index">Its index in the group.</param>
internal readonly record struct CopyPlace(long GroupOffset, int Index);

/// <summary>
/// The copies of a data file, and how they are to be done: those whose source is overwritten by copies first, through the redo, each before the one that overwrites its
/// source; then the others, ascending; then content and zeros, which may overwrite any source. Pure.
/// </summary>
internal sealed class CopyPlan
{
    private readonly List<CopyPlace> _places;

    private CopyPlan(List<CopyRun> runs, List<CopyPlace> places, int[] redo, int[] plain)
    {
        Runs = runs;
        _places = places;
        Redo = redo;
        Plain = plain;
    }

    /// <summary>There are none.</summary>
    public static CopyPlan None { get; } = new([], [], [], []);

    /// <summary>All copies, ascending.</summary>
    public IReadOnlyList<CopyRun> Runs { get; }

    /// <summary>Those that go through the redo, in order. Indices of <see cref="Runs"/>.</summary>
    public IReadOnlyList<int> Redo { get; }

    /// <summary>Those whose source no copy overwrites, ascending. Indices of <see cref="Runs"/>.</summary>
    public IReadOnlyList<int> Plain { get; }

    public bool IsEmpty => Runs.Count == 0;

    /// <summary>Where the operation of a copy stands.</summary>
    public CopyPlace PlaceOf(int copy) => _places[copy];

    /// <summary>Gathers the copies of a data file while it is read.</summary>
    public sealed class Builder
    {
        private readonly List<CopyRun> _runs = [];
        private readonly List<CopyPlace> _places = [];

        /// <summary>Adds the copies of the next group.</summary>
        public void Add(OperationGroup group, long groupOffset)
        {
            for (int i = 0; group.Copies > 0 && i < group.Operations.Count; i++)
            {
                Operation operation = group.Operations[i];
                if (operation.New == NewKind.Copy)
                {
                    _runs.Add(new CopyRun(operation.Blocks.First, operation.Blocks.Count, operation.Source));
                    _places.Add(new CopyPlace(groupOffset, i));
                }
            }
        }

        /// <summary>Orders them.</summary>
        /// <param name="usesRedo">False only where a test takes that away.</param>
        public CopyPlan Finish(bool usesRedo)
        {
            if (_runs.Count == 0)
            {
                return None;
            }

            // The reader of the data file has refused circles.
            int[] order = CopyOrder.Find(_runs)!;
            bool[] needsRedo = new bool[_runs.Count];
            for (int i = 0; i < _runs.Count; i++)
            {
                CopyOrder.FindOverwriting(_runs, _runs[i].SourceBlocks, out int begin, out int end);
                needsRedo[i] = begin < end;
            }

            // Without the redo they are still in order: that alone is what a test takes away.
            return usesRedo
                ? new CopyPlan(_runs, _places, [.. order.Where(copy => needsRedo[copy])], [.. Enumerable.Range(0, _runs.Count).Where(copy => !needsRedo[copy])])
                : new CopyPlan(_runs, _places, [], order);
        }
    }
}
