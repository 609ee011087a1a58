namespace BinarySync.Format;

/// <summary>Bytes of a frame that is stored with repeats (Format.md 8.1).</summary>
/// <param name="At">Where they begin in the frame's content.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Frame">For a repeat: which of the frames that are referred to, from 0. Negative for a literal.</param>
/// <param name="Offset">For a repeat: where they begin in that frame's content.</param>
internal readonly record struct FramePiece(int At, int Length, int Frame, int Offset)
{
    /// <summary>What <see cref="Frame"/> is in a literal.</summary>
    public const int NoFrame = -1;

    /// <summary>True where the bytes stand in this frame itself.</summary>
    public bool IsLiteral => Frame < 0;

    /// <summary>Where the next piece begins.</summary>
    public int End => At + Length;
}
