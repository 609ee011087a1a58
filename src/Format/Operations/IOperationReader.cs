namespace BinarySync.Format;

/// <summary>
/// Groups of operations in order, and for a data file the frames of each: a message as <see cref="OperationReader"/> reads it, or a view of
/// one.
/// </summary>
internal interface IOperationReader
{
    OperationsHeader Header { get; }

    /// <inheritdoc cref="OperationReader.FileHeader"/>
    DataFileHeader FileHeader { get; }

    SyncGeometry Geometry { get; }

    /// <inheritdoc cref="OperationReader.Source"/>
    string Source { get; }

    /// <inheritdoc cref="OperationReader.Position"/>
    long Position { get; }

    /// <inheritdoc cref="OperationReader.Trailer"/>
    OperationsTrailer Trailer { get; }

    /// <inheritdoc cref="OperationReader.Frame"/>
    SectionHeader Frame { get; }

    /// <inheritdoc cref="OperationReader.FramePosition"/>
    (long Number, long Offset) FramePosition { get; }

    /// <inheritdoc cref="OperationReader.GroupOffset"/>
    long GroupOffset { get; }

    /// <inheritdoc cref="OperationReader.Copies"/>
    CopyRunList? Copies { get; }

    /// <inheritdoc cref="OperationReader.CopyOrder"/>
    IReadOnlyList<int>? CopyOrder { get; }

    /// <inheritdoc cref="OperationReader.PeekTrailer"/>
    OperationsTrailer? PeekTrailer();

    /// <inheritdoc cref="OperationReader.ReadGroup"/>
    bool ReadGroup(OperationGroup group);

    /// <inheritdoc cref="OperationReader.ReadGroupAt"/>
    void ReadGroupAt(long offset, OperationGroup group);

    /// <inheritdoc cref="OperationReader.ReadFrame"/>
    bool ReadFrame(out ReadOnlyMemory<byte> stored);

    /// <inheritdoc cref="OperationReader.ExchangePayload"/>
    byte[] ExchangePayload(byte[] replacement);

    /// <inheritdoc cref="OperationReader.ExchangePieces"/>
    FramePieces ExchangePieces(FramePieces replacement);

    /// <inheritdoc cref="OperationReader.ForgetCopies"/>
    void ForgetCopies();
}
