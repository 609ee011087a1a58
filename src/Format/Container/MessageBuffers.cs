namespace BinarySync.Format;

/// <summary>
/// What a reader keeps sections in. One that reads a message once more takes over those of the one before: they have some megabytes.
/// </summary>
internal sealed class MessageBuffers
{
    internal byte[] Payload = [];
    internal byte[] Operations = [];

    /// <summary>Whose they are.</summary>
    internal MessageReader? User { get; set; }

    /// <summary>Demands that nobody else has taken them over.</summary>
    internal void Demand(MessageReader reader)
    {
        if (User != reader)
        {
            throw new InvalidOperationException("another reader has taken over the buffers");
        }
    }
}
