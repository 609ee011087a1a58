using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Compares apparent repeats with the earlier blocks, byte by byte, and makes the pieces of a frame from them. Two contents may have one
/// hash, and the master may change while it is read: blocks that differ are sent as they are. Not safe from several threads: each slot has
/// its own.
/// </summary>
/// <param name="master">B.</param>
/// <param name="geometry">B's.</param>
internal sealed class RepeatedContent(IReadableStorage master, BlockGeometry geometry)
{
    private readonly FramePiecesWriter _writer = new();

    /// <summary>The apparent repeats; filled by <see cref="RepeatFinder"/>.</summary>
    public List<RepeatRun> Runs { get; } = [];

    /// <summary>Blocks of the frame that do repeat others.</summary>
    public int Blocks => _writer.RepeatedBytes / geometry.BlockSize;

    /// <summary>Compares the runs.</summary>
    /// <param name="raw">The frame's content.</param>
    /// <param name="isCompressed">
    /// Literals are compressed: content that compresses to a few bytes anyway is not worth reading another frame for it.
    /// </param>
    /// <param name="scratch">As long as the content.</param>
    /// <returns>True if anything repeats.</returns>
    public bool Compare(ReadOnlySpan<byte> raw, bool isCompressed, Span<byte> scratch)
    {
        _writer.Clear();
        int done = 0;
        foreach (RepeatRun run in Runs)
        {
            AddLiteral(run.At - done);
            Span<byte> earlier = scratch[..run.Length];
            master.Read(earlier, geometry.OffsetOf(run.Source.Block));
            for (int at = 0; at < run.Length; at += geometry.BlockSize)
            {
                ReadOnlySpan<byte> block = raw.Slice(run.At + at, geometry.BlockSize);
                if (block.SequenceEqual(earlier.Slice(at, geometry.BlockSize)) && !(isCompressed && IsPattern(block)))
                {
                    _writer.AddRepeat(geometry.BlockSize, run.Source.Frame, run.Source.Offset + at);
                }
                else
                {
                    AddLiteral(geometry.BlockSize);
                }
            }

            done = run.At + run.Length;
        }

        AddLiteral(raw.Length - done);
        return _writer.RepeatedBytes > 0;
    }

    /// <summary>Writes the payload; see <see cref="FramePiecesWriter.Write"/>.</summary>
    public int Write(long number, Span<byte> raw, Compression compression, Span<byte> stored) =>
        _writer.Write(number, raw, compression, stored);

    // One number or character over and over.
    private static bool IsPattern(ReadOnlySpan<byte> block) => block[sizeof(ulong)..].SequenceEqual(block[..^sizeof(ulong)]);

    private void AddLiteral(int length)
    {
        if (length > 0)
        {
            _writer.AddLiteral(length);
        }
    }
}
