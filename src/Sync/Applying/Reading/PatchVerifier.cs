using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Verifies a data file whole, without a target.</summary>
internal sealed class PatchVerifier(PatchSource patch, PatchWorkspace workspace, SyncOptions options)
{
    /// <summary>Reads it once.</summary>
    /// <exception cref="MessageFormatException">It is refused.</exception>
    public OperationsTrailer Verify(out DataFileHeader header)
    {
        IOperationReader reader = patch.Open(skipContent: false);
        header = reader.FileHeader;
        options.Progress.Begin("verifying the undo file", patch.Length);
        new PatchWalk(patch, workspace, options).Run(reader, new PatchItems(reader, PatchPass.Verify, 0, workspace));
        return reader.Trailer;
    }
}
