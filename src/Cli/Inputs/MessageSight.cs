using BinarySync.Format;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Inputs;

/// <summary>Recognises a message by its first bytes. Nothing is verified: this is for hints and warnings.</summary>
internal static class MessageSight
{
    /// <summary>The kind of a regular file; null if it is no message, or cannot be checked.</summary>
    public static MessageKind? KindOf(string path)
    {
        Span<byte> start = stackalloc byte[MessageKinds.RecognizedLength];
        return MessageKinds.Recognize(start[..MessageInput.Peek(path, start)]);
    }

    /// <summary>
    /// As <see cref="KindOf"/>, but only if the name says so too: every run asks this, and other files are not opened for it.
    /// </summary>
    public static MessageKind? KindByNameAndContent(string path)
    {
        ReadOnlySpan<char> extension = Path.GetExtension(path.AsSpan());
        return extension is ".ckr" or ".ckf" or ".dtr" or ".dtf" ? KindOf(path) : null;
    }

    /// <summary>The program that makes messages of this kind, and shows them.</summary>
    public static string Tool(this MessageKind kind) => kind switch
    {
        MessageKind.ChecksumRequest => "ckreq",
        MessageKind.ChecksumFile => "ckfile",
        MessageKind.DataRequest => "dtreq",
        _ => "dtfile",
    };
}
