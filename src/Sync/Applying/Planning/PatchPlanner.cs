using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>
/// Finds out what applying would do, and changes nothing: verifies the data file whole, content and all, and recognises every block that
/// would be overwritten (docs/Design.md, "The passes of apply").
/// </summary>
internal sealed class PatchPlanner(IReadableStorage target, PatchSource patch, PatchWorkspace workspace, ApplyTuning tuning, SyncOptions options, RedoLog? redo = null)
{
    private readonly BlockRunList _unrecognized = new();
    private readonly BlockRunList _unreadable = new();
    private readonly BlockRunList _unreadableLost = new();
    private readonly PatchWindows _windows = new(tuning.WindowBytes);
    private long _oldBlocks;
    private long _newBlocks;
    private long _againBlocks;
    private long _notOldBlocks;
    private long _bytes;
    private long _copyBytes;
    private SeenBlocks _seen;

    /// <summary>Reads the data file once, and the blocks of the target that it speaks of.</summary>
    /// <param name="standing">The journal that stands, taken for one of this very session; null for none.</param>
    /// <param name="othersStands">The journal of another session stands.</param>
    /// <param name="keepsLargerSize">See <see cref="ApplySpecification.KeepsLargerSize"/>.</param>
    /// <exception cref="MessageFormatException">The data file is refused.</exception>
    public PatchPlan Plan(JournalRecord? standing, bool othersStands, bool keepsLargerSize = false)
    {
        OperationReader reader = patch.Open(skipContent: false, keepsCopies: true);
        SyncGeometry geometry = reader.Geometry;

        // A target of the wrong size is told only when the data file is known to be whole: a damaged file says nothing about sizes.
        (TargetSizing? sizing, SyncException? misfit) = Size(geometry, standing is { IsFinished: false }, keepsLargerSize);
        PatchDoubt doubt = othersStands ? PatchDoubt.OfAllNew : standing is null ? PatchDoubt.None : PatchDoubt.Of(standing, geometry.Target.BlockSize);
        long targetLength = target.Length;
        WitnessCollector witnesses = new(geometry, tuning.MostWitnesses);
        UntouchedPlaces untouched = new(geometry, reader.Header.Coverage);
        TargetChecker checker = new(target, geometry, CheckMode.Recognize, doubt, witnesses);
        FrameVerifier frames = new(reader.Header, patch);
        CopyPlan.Builder copying = new();
        PatchItems items = new(reader, PatchPass.Plan, targetLength, workspace, group =>
        {
            _windows.Add(group, geometry.Target);
            copying.Add(group, reader.GroupOffset);
            untouched.Add(group);
            foreach (Operation operation in group.Operations)
            {
                long length = geometry.Target.LengthOf(operation.Blocks);
                _bytes += length;
                _copyBytes += operation.New == NewKind.Copy ? length : 0;
            }
        });
        int blockSize = geometry.Target.BlockSize;
        options.Progress.Begin(
            "verifying and checking", reader.PeekTrailer() is { } announced ? patch.Length + SyncProgress.NominalBytes(announced, blockSize) : 0);
        long position = 0;
        OrderedPipeline<PatchItem>.Run(
            options.Threads,
            workspace.BeginPass(reader),
            item =>
            {
                options.Progress.Advance(reader.Position - position);
                position = reader.Position;
                return items.Take(item);
            },
            item =>
            {
                item.Clear();
                if (item.IsFrame)
                {
                    frames.Check(item);
                    Witness(witnesses, geometry, item);
                }
                else if (misfit is null)
                {
                    checker.Check(item, targetLength);
                }
            },
            item =>
            {
                Collect(item, frames, geometry);
                if (!item.IsFrame)
                {
                    options.Progress.Advance(item.Parts.Sum(part => part.Blocks.Count * blockSize));
                }

                item.Release();
            },
            options.Cancellation);
        options.Progress.Advance(patch.Length - position);
        patch.RequireSame(reader.Trailer);
        CopyPlan copies = copying.Finish(reader.Copies!, reader.CopyOrder!, tuning.UsesRedo);
        CopyContent content = new(target, geometry, reader.Header.Hash, redo, belowCache: !doubt.IsNone);
        CopyFaults faults = VerifyCopies(content, misfit is null ? copies : CopyPlan.None, geometry, witnesses);
        return new PatchPlan
        {
            Header = reader.Header,
            Trailer = reader.Trailer,
            Sizing = sizing ?? new TargetSizing(targetLength, targetLength, SizeLeft: false, TailLeftAlone: 0),
            Misfit = misfit,
            OldBlocks = _oldBlocks,
            NewBlocks = _newBlocks,
            AgainBlocks = _againBlocks,
            NotOldBlocks = _notOldBlocks,
            Unrecognized = _unrecognized,
            Unreadable = _unreadable,
            UnreadableLost = _unreadableLost,
            ReadFailure = checker.Failure,
            Doubt = tuning.WritesDoubtedAgain ? doubt : PatchDoubt.None,
            Windows = _windows.All,
            Copies = copies,
            Bytes = _bytes,
            CopyBytes = _copyBytes,
            Draft = new EvidenceDraft(witnesses, untouched.Finish()),
            Seen = _seen,
            WithoutSource = faults.WithoutSource,
            OtherContent = faults.OtherContent,
        };
    }

    private (TargetSizing?, SyncException?) Size(SyncGeometry geometry, bool interrupted, bool keepsLargerSize)
    {
        try
        {
            return (TargetSizing.Decide(target.HasFixedLength, target.Length, geometry, interrupted, target.Name, patch.Name, keepsLargerSize), null);
        }
        catch (SyncException exception)
        {
            return (null, exception);
        }
    }

    private static void Witness(WitnessCollector witnesses, SyncGeometry geometry, PatchItem item)
    {
        foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            witnesses.AddAfter(piece.TargetOffset, item.Raw.AsSpan(piece.ContentOffset, piece.Length));
        }
    }

    private void Collect(PatchItem item, FrameVerifier frames, SyncGeometry geometry)
    {
        if (item.IsFrame)
        {
            frames.Append(item);
            return;
        }

        _oldBlocks += item.OldBlocks;
        _newBlocks += item.NewBlocks;
        _againBlocks += item.AgainBlocks;
        _notOldBlocks += item.NotOldBlocks;
        _seen = new SeenBlocks(_seen.Old + item.Seen.Old, _seen.New + item.Seen.New, _seen.Torn + item.Seen.Torn);
        foreach (long block in item.Unrecognized)
        {
            _unrecognized.Add(new BlockRun(block, 1));
        }

        foreach (long block in item.Unreadable)
        {
            _unreadable.Add(new BlockRun(block, 1));
            if (!IsBroughtWhole(item, block, geometry.Target))
            {
                _unreadableLost.Add(new BlockRun(block, 1));
            }
        }
    }

    private bool IsBroughtWhole(PatchItem item, long block, BlockGeometry geometry)
    {
        OperationPart part = item.Parts.Find(part => part.Blocks.First <= block && block < part.Blocks.End);
        long seen = Math.Min(geometry.BlockSize, target.Length - geometry.OffsetOf(block));
        return part.Operation.New != NewKind.Copy && geometry.LengthOf(block) >= seen;
    }

    // What is copied is read in its own places.
    private CopyFaults VerifyCopies(CopyContent content, CopyPlan copies, SyncGeometry geometry, WitnessCollector? witnesses)
    {
        try
        {
            return CopyVerifier.Verify(content, copies, patch, tuning.Gathering, workspace, options, witnesses);
        }
        catch (StorageException failure) when (failure.IsOfMedium && failure.Path == target.Name && failure.Offset is { } offset)
        {
            BlockRunList blocks = new();
            blocks.Add(new BlockRun(geometry.Base.BlockAt(offset), 1));
            throw UnreadableBlocks.Error(target.Name, blocks, failure);
        }
    }
}
