using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Finds out what applying would do, and changes nothing: verifies the data file whole, content and all, and recognises every block that
/// would be overwritten (DESIGN: verify, plan, recognise).
/// </summary>
internal sealed class PatchPlanner(IReadableStorage target, PatchSource patch, PatchWorkspace workspace, SyncOptions options)
{
    private readonly BlockRunList _unrecognized = new();
    private long _oldBlocks;
    private long _newBlocks;

    /// <summary>Reads the data file once, and the blocks of the target that it speaks of.</summary>
    /// <exception cref="MessageFormatException">The data file is refused.</exception>
    /// <exception cref="SyncException">The target's size does not fit.</exception>
    public PatchPlan Plan()
    {
        OperationReader reader = patch.Open(skipContent: false);
        SyncGeometry geometry = reader.Geometry;
        BlockHash hash = reader.Header.Hash;

        // A target of the wrong size is told only when the data file is known to be whole: a damaged file says nothing about sizes.
        (TargetSizing? sizing, SyncException? misfit) = Size(geometry);
        long targetLength = target.Length;
        TargetChecker checker = new(target, geometry, belowCache: false);
        SpanningBlock? spanning = geometry.Target.BlockSize > reader.Header.FrameSize ? new SpanningBlock(geometry.Target, hash) : null;
        PatchItems items = new(reader, PatchPass.Plan, targetLength, workspace);
        options.Progress.Begin("verifying", patch.Length);
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
                    CheckFrame(item, geometry, hash, spanning is null);
                }
                else if (misfit is null)
                {
                    checker.Check(item, targetLength);
                }
            },
            item => Collect(item, geometry, spanning),
            options.Cancellation);
        if (misfit is not null)
        {
            throw misfit;
        }

        return new PatchPlan
        {
            Header = reader.Header,
            Trailer = reader.Trailer,
            Sizing = sizing!,
            OldBlocks = _oldBlocks,
            NewBlocks = _newBlocks,
            Unrecognized = _unrecognized,
        };
    }

    /// <summary>An error for content that is not what its hash says, although every checksum of the message is right.</summary>
    internal static MessageFormatException WrongContent(string source, PatchItem item, long block) => new(
        FormatError.Damaged,
        source,
        item.FramePlace.Offset,
        $"section {item.FramePlace.Number}",
        $"section {item.FramePlace.Number} has content for block {block} that does not match its hash");

    private (TargetSizing?, SyncException?) Size(SyncGeometry geometry)
    {
        try
        {
            return (TargetSizing.Decide(target.Kind, target.Length, geometry, target.Name, patch.Name), null);
        }
        catch (SyncException exception)
        {
            return (null, exception);
        }
    }

    private void CheckFrame(PatchItem item, SyncGeometry geometry, BlockHash hash, bool wholeBlocks)
    {
        ReadOnlySpan<byte> raw = item.Decompress(patch.Name);
        if (!wholeBlocks)
        {
            return;
        }

        foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, raw.Length))
        {
            BlockContent.FindMismatches(
                item.Group, piece, geometry.Target, hash, item.Raw.AsSpan(piece.ContentOffset, piece.Length), item.Hash, item.WrongContent);
        }

        if (item.WrongContent.Count > 0)
        {
            throw WrongContent(patch.Name, item, item.WrongContent[0]);
        }
    }

    private void Collect(PatchItem item, SyncGeometry geometry, SpanningBlock? spanning)
    {
        if (!item.IsFrame)
        {
            _oldBlocks += item.OldBlocks;
            _newBlocks += item.NewBlocks;
            foreach (long block in item.Unrecognized)
            {
                _unrecognized.Add(new BlockRun(block, 1));
            }
        }
        else if (spanning is not null)
        {
            foreach (ContentPiece piece in item.Group.PiecesOf(geometry.Target, item.ContentFrom, item.Frame.RawLength))
            {
                if (spanning.Append(item.Group, piece, item.Raw.AsSpan(piece.ContentOffset, piece.Length)) is { } block)
                {
                    throw WrongContent(patch.Name, item, block);
                }
            }
        }
    }
}
