using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>The tools of both ways of copying. The group in memory and the buffers are theirs in turn.</summary>
internal sealed class CopyWork
{
    public CopyWork(ApplyContext context, PatchPlan plan, PatchJournal journal)
    {
        Target = context.Target;
        Tuning = context.Tuning;
        Plan = plan;
        Journal = journal;
        Geometry = plan.Header.SyncGeometry.Target;
        Content = new CopyContent(Target, plan.Header.SyncGeometry, plan.Header.Hash, null, belowCache: !plan.Doubt.IsNone);
        Gather = new CopyGather(context.Patch, plan.Copies, Tuning.Gathering, context.Workspace);
        Mover = new CopyMover(context, plan, Content);
    }

    public IWritableStorage Target { get; }

    public ApplyTuning Tuning { get; }

    public PatchPlan Plan { get; }

    public PatchJournal Journal { get; }

    public BlockGeometry Geometry { get; }

    public CopyContent Content { get; }

    public CopyGather Gather { get; }

    public CopyMover Mover { get; }

    /// <summary>Copies that are under way. Cleared by each step that uses them.</summary>
    public List<CopySlice> Slices { get; } = [];

    /// <summary>A handler that also passes on the zeros after a short last block.</summary>
    public RedoHandler WithRest(RedoHandler use) => (bytes, offset) =>
    {
        use(bytes, offset);
        LastBlock.ForEachRestBehind(Target, Plan.Header, Journal, offset + bytes.Length, use);
    };
}
