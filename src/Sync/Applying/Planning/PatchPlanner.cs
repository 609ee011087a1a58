using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>
/// Finds out what applying would do, and changes nothing. It verifies the whole data file, including its content, and recognises every
/// block that would be overwritten (docs/Design.md, "The passes of apply").
/// </summary>
/// <param name="context">The run.</param>
/// <param name="redo">The redo that an interrupted run has left; null for none.</param>
internal sealed class PatchPlanner(ApplyContext context, RedoLog? redo = null)
{
    private readonly IReadableStorage _target = context.Target;
    private readonly PatchSource _patch = context.Patch;
    private readonly PatchWorkspace _workspace = context.Workspace;
    private readonly ApplyTuning _tuning = context.Tuning;
    private readonly SyncOptions _options = context.Options;
    private readonly BlockRunList _unrecognized = new();
    private readonly BlockRunList _unreadable = new();
    private readonly BlockRunList _unreadableLost = new();
    private readonly PatchWindows _windows = new(context.Tuning.WindowBytes);
    private long _oldBlocks;
    private long _newBlocks;
    private long _againBlocks;
    private long _notOldBlocks;
    private long _bytes;
    private long _copyBytes;
    private readonly BlockRunList _withoutOld = new();
    private readonly List<BlockRun> _inRedo = [];
    private long _prefixBytes;
    private SeenBlocks _seen;

    /// <summary>Reads the data file once, and the blocks of the target that it describes.</summary>
    /// <param name="standing">The existing journal, treated as one of this very session; null for none.</param>
    /// <param name="othersStands">There is a journal of another session.</param>
    /// <exception cref="MessageFormatException">The data file is refused.</exception>
    public PatchPlan Plan(JournalRecord? standing, bool othersStands)
    {
        IOperationReader reader = _patch.Open(skipContent: false, keepsCopies: true);
        SyncGeometry geometry = reader.Geometry;

        // A wrong size of the target is reported only when the data file is known to be whole: a damaged file says nothing about sizes.
        (TargetSizing? sizing, SyncException? misfit) = Size(geometry, standing is { IsFinished: false });
        PatchDoubt doubt = othersStands
            ? PatchDoubt.OfAllNew
            : standing is null
            ? PatchDoubt.None
            : PatchDoubt.Of(standing, geometry.Target.BlockSize);
        long targetLength = _target.Length;
        WitnessCollector witnesses = new(geometry, _tuning.MostWitnesses);
        UntouchedBlocks untouched = new(geometry, reader.Header.Coverage);
        TargetChecker checker = new(_target, geometry, CheckMode.Recognize, doubt, witnesses);
        CopyPlan.Builder copying = new();
        PatchItems items = new(reader, PatchPass.Plan, targetLength, _workspace, group =>
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
        OperationsTrailer? announced = reader.PeekTrailer();
        _options.Progress.Begin(
            "verifying and checking", announced is null ? 0 : _patch.Length + SyncProgress.NominalBytes(announced, blockSize));
        _options.Progress.Expect(ApplyPhases.BeforePlanning(context, announced, reader.FileHeader.AllowsPrefix));
        PatchWalk walk = new(_patch, _workspace, _options, new PrefixContent(_target, geometry, _patch, redo, doubt))
        {
            Work = item =>
            {
                if (item.IsFrame)
                {
                    Witness(witnesses, geometry, item);
                }
                else if (misfit is null)
                {
                    checker.Check(item, targetLength);
                }
            },
            Collect = item =>
            {
                if (item.IsFrame)
                {
                    CollectPrefix(item);
                }
                else
                {
                    Collect(item, geometry);
                    _options.Progress.Advance(item.Parts.Sum(part => part.Blocks.Count * blockSize));
                }
            },
        };
        walk.Run(reader, items);
        CopyPlan copies = copying.Finish(reader.Copies!, reader.CopyOrder!, _tuning.UsesRedo);
        CopyContent content = new(_target, geometry, reader.Header.Hash, redo, belowCache: !doubt.IsNone);
        CopyFaults faults = VerifyCopies(content, misfit is null ? copies : CopyPlan.None, geometry, witnesses);
        return new PatchPlan
        {
            Header = reader.FileHeader,
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
            Doubt = _tuning.WritesDoubtedAgain ? doubt : PatchDoubt.None,
            Windows = _windows.All,
            Copies = copies,
            Bytes = _bytes,
            CopyBytes = _copyBytes,
            PrefixBytes = _prefixBytes,
            PrefixInRedo = _inRedo,
            WithoutOld = _withoutOld,
            Draft = new EvidenceDraft(witnesses, untouched.Finish()),
            Seen = _seen,
            WithoutSource = faults.WithoutSource,
            OtherContent = faults.OtherContent,
        };
    }

    private (TargetSizing?, SyncException?) Size(SyncGeometry geometry, bool interrupted)
    {
        try
        {
            return (
                TargetSizing.Decide(
                    _target.HasFixedLength,
                    _target.Length,
                    geometry,
                    interrupted,
                    _target.Name,
                    _patch.Name,
                    context.Specification.KeepsLargerSize),
                null);
        }
        catch (SyncException exception)
        {
            return (null, exception);
        }
    }

    private static void Witness(WitnessCollector witnesses, SyncGeometry geometry, PatchItem item)
    {
        if (!item.HasContent)
        {
            return;
        }

        foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            witnesses.AddAfter(piece.TargetOffset, item.Raw.AsSpan(piece.ContentOffset, piece.Length));
        }
    }

    private void Collect(PatchItem item, SyncGeometry geometry)
    {
        _oldBlocks += item.Found.OldBlocks;
        _newBlocks += item.Found.NewBlocks;
        _againBlocks += item.Found.AgainBlocks;
        _notOldBlocks += item.Found.NotOldBlocks;
        _seen = new SeenBlocks(_seen.Old + item.Found.Seen.Old, _seen.New + item.Found.Seen.New, _seen.Torn + item.Found.Seen.Torn);
        foreach (long block in item.Found.Unrecognized)
        {
            _unrecognized.Add(new BlockRun(block, 1));
        }

        foreach (long block in item.Found.Unreadable)
        {
            _unreadable.Add(new BlockRun(block, 1));
            if (!IsBroughtWhole(item, block, geometry.Target))
            {
                _unreadableLost.Add(new BlockRun(block, 1));
            }
        }
    }

    private void CollectPrefix(PatchItem item)
    {
        if (item.Frame.Codec != FrameCodec.Prefix)
        {
            return;
        }

        _prefixBytes += item.Frame.RawLength;
        foreach (long block in item.HasContent ? [] : item.Found.WithoutOld)
        {
            _withoutOld.Add(new BlockRun(block, 1));
        }

        foreach (long block in item.Found.InRedo)
        {
            bool continues = _inRedo.Count > 0 && _inRedo[^1].End == block;
            BlockRun run = continues ? BlockRun.Between(_inRedo[^1].First, block + 1) : new BlockRun(block, 1);
            if (continues)
            {
                _inRedo.RemoveAt(_inRedo.Count - 1);
            }

            _inRedo.Add(run);
        }
    }

    private bool IsBroughtWhole(PatchItem item, long block, BlockGeometry geometry)
    {
        OperationPart part = item.Parts.Find(part => part.Blocks.First <= block && block < part.Blocks.End);
        long seen = Math.Min(geometry.BlockSize, _target.Length - geometry.OffsetOf(block));
        return part.Operation.New != NewKind.Copy && geometry.LengthOf(block) >= seen;
    }

    // The sources of copies are read in places of their own.
    private CopyFaults VerifyCopies(CopyContent content, CopyPlan copies, SyncGeometry geometry, WitnessCollector? witnesses)
    {
        try
        {
            return CopyVerifier.Verify(content, copies, _patch, _tuning.Gathering, _workspace, _options, witnesses);
        }
        catch (StorageException failure) when (failure.IsOfMedium && failure.Path == _target.Name && failure.Offset is { } offset)
        {
            BlockRunList blocks = new();
            blocks.Add(new BlockRun(geometry.Base.BlockAt(offset), 1));
            throw UnreadableBlocks.Error(_target.Name, blocks, failure);
        }
    }
}
