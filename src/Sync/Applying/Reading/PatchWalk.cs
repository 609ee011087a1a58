using BinarySync.Format;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// One reading of a data file from front to back in which all content is verified. Its frames are decoded and compared with their hashes,
/// and its digest is compared with that of the previous reading.
/// </summary>
/// <param name="patch">The data file.</param>
/// <param name="workspace">Slots and buffers.</param>
/// <param name="options">Threads, progress, cancellation.</param>
/// <param name="old">For frames over old content; null if there must be none.</param>
internal sealed class PatchWalk(PatchSource patch, PatchWorkspace workspace, SyncOptions options, IPrefixSource? old = null)
{
    /// <summary>Processes an item on any of several threads; a frame after it was verified.</summary>
    public Action<PatchItem>? Work { get; init; }

    /// <summary>Gets the findings in an item, in order.</summary>
    public Action<PatchItem>? Collect { get; init; }

    /// <summary>Goes through all items.</summary>
    /// <param name="reader">The data file, just opened.</param>
    /// <param name="items">The items to process.</param>
    /// <exception cref="MessageFormatException">The data file is refused.</exception>
    /// <exception cref="SyncException">It is not the one that was read before.</exception>
    public void Run(IOperationReader reader, PatchItems items)
    {
        FrameVerifier frames = new(reader.FileHeader, patch, old);
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
                }

                Work?.Invoke(item);
            },
            item =>
            {
                if (item.IsFrame)
                {
                    frames.CheckNext(item);
                }

                Collect?.Invoke(item);
                item.Release();
            },
            options.Cancellation);
        options.Progress.Advance(patch.Length - position);
        patch.RequireSame(reader.Trailer);
    }
}
