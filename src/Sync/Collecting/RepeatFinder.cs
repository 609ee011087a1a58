using BinarySync.Format;

namespace BinarySync.Sync.Collecting;

/// <summary>Consecutive blocks of a frame that seem to repeat other consecutive blocks.</summary>
/// <param name="At">Where they begin in the frame's content.</param>
/// <param name="Length">Bytes: whole blocks.</param>
/// <param name="Source">The first of the blocks that they seem to repeat.</param>
internal readonly record struct RepeatRun(int At, int Length, FirstOccurrence Source);

/// <summary>
/// Finds, by their hashes, the blocks of a frame whose content was sent before. Sees the frames in the order of the data file, so that the
/// result does not depend on threads. <see cref="RepeatedContent"/> then checks whether the content really is the same.
/// </summary>
/// <param name="geometry">B. Blocks are no larger than frames.</param>
/// <param name="frameSize">Bytes of a full frame.</param>
/// <param name="indexBytes">Bytes that the table of earlier content may take.</param>
/// <param name="choices">Which frames are over old content, so that nothing may repeat them; null if none is.</param>
internal sealed class RepeatFinder(BlockGeometry geometry, int frameSize, int indexBytes, FrameChoices? choices = null)
{
    // A sixteenth of an ordinary frame, and of a small one.
    private readonly int _leastBytes = Math.Min(frameSize, FormatLimits.DefaultFrameSize) / 16;
    private readonly RepeatIndex _index = new(indexBytes);
    private readonly Dictionary<long, int> _bytesOf = [];

    /// <summary>A finder for a data file; null if the file is to have no repeats.</summary>
    public static RepeatFinder? For(BlockGeometry geometry, DataFileSpecification specification, FrameChoices? choices) =>

        // A block that is larger than a frame does not fit into one: it is sent each time.
        specification.Repeats && geometry.BlockSize <= specification.FrameSize
            ? new RepeatFinder(geometry, specification.FrameSize, specification.RepeatIndexBytes, choices)
            : null;

    /// <summary>The number of the next frame, from 0.</summary>
    public long NextFrame { get; private set; }

    /// <summary>Finds the repeats in the next frame, and remembers its new content.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="from">Where in the group's content the frame begins.</param>
    /// <param name="length">Bytes of the frame.</param>
    /// <param name="runs">Is filled anew, ascending.</param>
    public void Find(OperationGroup group, long from, int length, List<RepeatRun> runs)
    {
        Begin(runs);
        foreach (ContentPiece piece in group.PiecesOf(geometry, from, length))
        {
            for (int done = 0; done < piece.Length; done += geometry.BlockSize)
            {
                long block = geometry.BlockAt(piece.TargetOffset + done);
                Look(block, piece.ContentOffset + done, group.NewHash(piece.Operation, block - piece.Operation.Blocks.First), runs);
            }
        }

        End(runs);
    }

    /// <summary>Begins the next frame, whose blocks are then given one by one.</summary>
    public void Begin(List<RepeatRun> runs)
    {
        runs.Clear();
        _bytesOf.Clear();
    }

    /// <summary>Checks the next block of the frame.</summary>
    /// <param name="block">Its number in B.</param>
    /// <param name="at">Where it begins in the frame's content.</param>
    /// <param name="hash">Its new hash.</param>
    /// <param name="runs">Gets the block if it repeats another one.</param>
    public void Look(long block, int at, ReadOnlySpan<byte> hash, List<RepeatRun> runs)
    {
        // The last block of B may be short: it repeats nothing.
        if (geometry.LengthOf(block) < geometry.BlockSize)
        {
            return;
        }

        // Content that was sent only over old content is sent once more, and may be repeated from there.
        if (_index.Find(hash) is not { } first
            || NextFrame - first.Frame > FormatLimits.MaxRepeatDistance
            || (first.Frame < NextFrame && choices?.IsOverOld(first.Frame) == true))
        {
            _index.Enter(hash, new FirstOccurrence(block, NextFrame, at));
        }
        else if (first.Frame < NextFrame)
        {
            Add(runs, at, first);
        }
    }

    /// <summary>Ends the frame: repeats that are not worthwhile are left out.</summary>
    public void End(List<RepeatRun> runs)
    {
        runs.RemoveAll(run => !IsWorthIt(run.Source.Frame));
        NextFrame++;
    }

    // Applying the data file decodes each referenced frame once more. The frames with the most repeated content are taken; of equal ones,
    // the nearest.
    private bool IsWorthIt(long frame)
    {
        int bytes = _bytesOf[frame];
        return bytes >= _leastBytes
            && _bytesOf.Count(other => other.Value > bytes || (other.Value == bytes && other.Key > frame)) < FormatLimits.MaxRepeatedFrames;
    }

    private void Add(List<RepeatRun> runs, int at, in FirstOccurrence first)
    {
        _bytesOf[first.Frame] = _bytesOf.GetValueOrDefault(first.Frame) + geometry.BlockSize;
        if (runs.Count > 0 && runs[^1] is var last && last.At + last.Length == at && Continues(last, first))
        {
            runs[^1] = last with { Length = last.Length + geometry.BlockSize };
        }
        else
        {
            runs.Add(new RepeatRun(at, geometry.BlockSize, first));
        }
    }

    private bool Continues(in RepeatRun run, in FirstOccurrence next) =>
        next.Frame == run.Source.Frame
        && next.Offset == run.Source.Offset + run.Length
        && next.Block == run.Source.Block + (run.Length / geometry.BlockSize);
}
