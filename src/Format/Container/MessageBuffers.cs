namespace BinarySync.Format;

/// <summary>
/// The buffers in which a reader keeps sections. A reader that reads a message once more takes over those of the reader before: they have
/// some megabytes.
/// </summary>
internal sealed class MessageBuffers
{
    internal byte[] Payload = [];
    internal byte[] Operations = [];

    /// <summary>The reader that owns them.</summary>
    internal MessageReader? User { get; set; }

    /// <summary>Demands that no other reader has taken them over.</summary>
    internal void Demand(MessageReader reader)
    {
        if (User != reader)
        {
            throw new InvalidOperationException("another reader has taken over the buffers");
        }
    }
}
