namespace BinarySync.Format;

/// <summary>
/// The buffers in which a reader keeps sections. A reader that reads a message once more takes over those of the reader before: they have
/// some megabytes.
/// </summary>
internal sealed class MessageBuffers
{
    internal byte[] Payload = [];

    // Beside the checksums whose sums they are.
    internal byte[] Sums = [];

    // Content goes to other threads, and another array comes for it. Those go round: a section of operations, which is often longer than a
    // frame, must not leave its array to them.
    internal byte[] Content = [];
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
