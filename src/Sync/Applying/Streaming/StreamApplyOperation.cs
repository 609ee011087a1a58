using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Applying.Streaming;

/// <summary>
/// Applies a data file as it arrives, for a pipe with no room to keep the file (docs/Design.md, "Applying as it arrives"). One stretch at a
/// time is verified, recognised, written, flushed and read back, each by a run of its own. The bytes behind it may still prove to be
/// damaged, or not to fit the target.
/// </summary>
public static class StreamApplyOperation
{
    // Two of the largest groups of small blocks, as they are stored. The bytes of one stretch are held in memory.
    private const long StretchBytes = 16L << 20;

    /// <summary>Does it, or finds out what it would do.</summary>
    /// <param name="target">As for <see cref="ApplyOperation"/>.</param>
    /// <param name="input">The data file; need not seek.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="places">The journal; nothing else is kept.</param>
    /// <param name="specification">
    /// How to apply it. <see cref="ApplySpecification.CheckBase"/> is not possible: only the end of the data file identifies the base.
    /// </param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The data file is refused; it is applied up to the faulty stretch.</exception>
    /// <exception cref="SyncException">
    /// As <see cref="ApplyOperation"/>; or the data file cannot be applied as it arrives, and nothing was written.
    /// </exception>
    /// <exception cref="StorageException">Reading, writing or flushing failed.</exception>
    public static ApplyResult Run(
        IWritableStorage target, Stream input, string name, ApplyPlaces places, ApplySpecification specification, SyncOptions options) =>
        Run(
            target,
            new OperationReader(input, name, MessageKind.DataFile),
            places,
            specification,
            new ApplyTuning(),
            StretchBytes,
            options);

    internal static ApplyResult Run(
        IWritableStorage target,
        IOperationReader reader,
        ApplyPlaces places,
        ApplySpecification specification,
        ApplyTuning tuning,
        long stretchBytes,
        SyncOptions options)
    {
        DemandForward(reader.FileHeader, reader.Source);
        using PatchWorkspace workspace = new();
        using StreamStretches stretches = new(reader, stretchBytes, specification.DryRun);
        StreamOutcome outcome = new(reader, target.Length);
        JournalRecord? standing = specification.AbandonJournal ? null : Standing(places.Journal);
        if (standing is not null && !specification.DryRun)
        {
            target.Flush();
        }

        // The phases of each stretch would flicker by, so the progress shows how far the stream has been applied.
        SyncOptions quiet = options with { Progress = new SyncProgress() };
        options.Progress.Begin("applying as it arrives", 0);
        long position = 0;
        bool hasResumed = false;
        while (!stretches.IsComplete)
        {
            PatchSource patch = Read(stretches, target, outcome, standing is not null, specification.DryRun, options);
            ApplySpecification how = specification with
            {
                Verify = specification.Verify == VerifyMode.Full && !stretches.IsComplete ? VerifyMode.Written : specification.Verify,
                KeepsLargerSize = !stretches.IsComplete && tuning.CutsLast,

                // A dry run leaves the existing journal. Behind the stretch that the journal is about, it says nothing.
                AbandonJournal = patch.Stretch!.IsFirst && (specification.AbandonJournal || hasResumed),
            };
            ApplyContext context = new(target, patch, places, how, tuning, workspace, quiet);
            if (standing is not null && !standing.Session.Span.SequenceEqual(patch.Digest.Span))
            {
                outcome.Add(Recognize(context, standing));
            }
            else
            {
                hasResumed |= standing is not null;
                standing = null;
                outcome.Add(Apply(context, outcome));
            }

            options.Progress.Advance(reader.Position - position);
            position = reader.Position;
        }

        // Nobody knows where in the target the journal's stretch is: it may be anywhere in between.
        return standing is null
            ? outcome.Result(specification)
            : throw ApplyRefusals.OtherRun(target, patch: null, places.Journal.Name, standing);
    }

    // A data file that cannot be applied to its end must not be begun: a copy may need content that has been overwritten by then.
    private static void DemandForward(DataFileHeader header, string name)
    {
        if (header.Bases is not null || header.Set is not null)
        {
            throw new SyncException(
                SyncReason.NotForStreaming,
                name,
                header.Set is null
                    ? "is merged for several remotes and cannot be applied as it arrives"
                    : "is a part of a set and cannot be applied as it arrives")
            {
                Values = [("cause", header.Set is null ? "merged" : "part")],
            };
        }

        if (!header.IsForward)
        {
            throw new SyncException(
                SyncReason.NotForStreaming,
                name,
                "may have copies, repeats or content over old content, which need earlier content again: it cannot be applied as it "
                    + "arrives")
            {
                Values = [("cause", "not-forward")],
            };
        }
    }

    private static ApplyResult Apply(ApplyContext context, StreamOutcome outcome)
    {
        ApplyRun run = new(context, NoObserver.Instance);
        try
        {
            return run.Run();
        }
        catch (OperationCanceledException cancelled)
        {
            ApplyInterruptedException interrupted = run.Interrupted(cancelled);
            throw outcome.HasBegun ? interrupted.AfterOthers() : interrupted;
        }
    }

    private static PatchSource Read(
        StreamStretches stretches, IWritableStorage target, StreamOutcome outcome, bool isHalfPatched, bool dryRun, SyncOptions options)
    {
        long patched = stretches.End;
        try
        {
            return stretches.Next(options.Cancellation);
        }
        catch (OperationCanceledException cancelled)
        {
            bool isUntouched = !outcome.HasBegun && !isHalfPatched;
            throw new ApplyInterruptedException(
                target.Name, isUntouched ? TargetProgress.Untouched : TargetProgress.PartlyPatched, cancelled);
        }
        catch (MessageFormatException damaged) when (!dryRun)
        {
            // The stretches begin at the front of the target, but what the data file does not change is not known to be right.
            string state = !outcome.HasBegun ? "nothing was written"
                : patched == 0 ? $"{target.Name} may be partly patched: do not use it"
                : $"{target.Name} is PARTLY patched, up to block {patched - 1}: do not use it";
            throw new MessageFormatException(
                damaged.Error, damaged.MessageName, damaged.Offset, damaged.Field, $"{damaged.Message}; {state}");
        }
    }

    private static JournalRecord? Standing(IStateFile journal) =>
        journal.Read() is { } content
            && JournalRecord.TryDecode(content, out JournalRecord? record) == JournalContent.Valid
            && !record!.IsFinished
            ? record
            : null;

    // There is an interrupted run, and it was not writing this stretch. If its stretch comes later, this one is in place: it was flushed
    // before that stretch's journal existed.
    private static ApplyResult Recognize(ApplyContext context, JournalRecord standing)
    {
        JournalRecord believed = standing with { DoubtFrom = JournalRecord.NoDoubt };
        PatchPlan plan = new PatchPlanner(context).Plan(believed, othersStands: false);
        return plan.Misfit is null && plan.BlocksToWrite == 0
            ? new ApplyResult(plan, ApplyStart.Fresh, context.Specification.DryRun, null, default, 0)
            : throw ApplyRefusals.OtherRun(context.Target, patch: null, context.Places.Journal.Name, standing);
    }
}
