using BinarySync.Format;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Verifies a data file whole, without a target.</summary>
internal sealed class PatchVerifier(PatchSource patch, PatchWorkspace workspace, SyncOptions options)
{
    /// <summary>Reads it once.</summary>
    /// <exception cref="MessageFormatException">It is refused.</exception>
    public MessageTrailer Verify(out MessageHeader header)
    {
        OperationReader reader = patch.Open(skipContent: false);
        header = reader.Header;
        FrameVerifier frames = new(reader.Header, patch);
        PatchItems items = new(reader, PatchPass.Verify, 0, workspace);
        options.Progress.Begin("verifying the undo file", patch.Length);
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
                frames.Check(item);
            },
            item =>
            {
                frames.Append(item);
                item.Release();
            },
            options.Cancellation);
        options.Progress.Advance(patch.Length - position);
        patch.RequireSame(reader.Trailer);
        return reader.Trailer;
    }
}
