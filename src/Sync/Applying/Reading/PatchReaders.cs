using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Decides which variant of a data file is read: no other place knows the variants.</summary>
internal static class PatchReaders
{
    /// <summary>Reads the header, and opens the variant.</summary>
    /// <param name="stream">The data file, from its beginning.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="skipContent">Skip the frames.</param>
    /// <param name="buffers">Reused each time a whole data file is read.</param>
    /// <param name="own">The request of the remote that owns the target, if the data file is for several; else null.</param>
    /// <param name="stretch">Which stretch of a stream it is; null for a whole data file.</param>
    /// <exception cref="SyncException">It is merged, and no request says for whom; or the request is none of those merged.</exception>
    /// <exception cref="MessageFormatException">It is refused.</exception>
    public static IOperationReader Open(
        Stream stream, string name, bool skipContent, MessageBuffers buffers, OwnRequest? own, StreamStretch? stretch)
    {
        MessageReader message = new MessageReader(stream, name, skipContent, buffers).Require(MessageKind.DataFile);
        if (stretch is not null)
        {
            return new StretchReader(new OperationReader(message, isPartial: true), stretch);
        }

        OperationReader file = new(message);
        if (own is not null)
        {
            return file.FileHeader.Set is null
                ? new MergedPatchReader(file, own)
                : throw new MessageFormatException(
                    FormatError.Unsupported, name, 0, "header", "needs a program that applies parts of merged data files");
        }

        return file.Header.Bases is null
            ? file
            : throw new SyncException(
                SyncReason.OwnRequestNeeded, name, "is merged for several remotes and does not say which one this is");
    }
}
