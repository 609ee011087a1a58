namespace BinarySync.Format;

/// <summary>Bytes of a frame that is stored with repeats (Format.md 8.1).</summary>
/// <param name="At">The offset at which they begin in the frame's content.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Frame">For a repeat: the index, from 0, in the list of frames referred to. Negative for a literal.</param>
/// <param name="Offset">For a repeat: the offset at which they begin in that frame's content.</param>
internal readonly record struct FramePiece(int At, int Length, int Frame, int Offset)
{
    /// <summary>The value of <see cref="Frame"/> in a literal.</summary>
    public const int NoFrame = -1;

    /// <summary>True if the bytes are in this frame itself.</summary>
    public bool IsLiteral => Frame < 0;

    /// <summary>The offset at which the next piece begins.</summary>
    public int End => At + Length;
}
