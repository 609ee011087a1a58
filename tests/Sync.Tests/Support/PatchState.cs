namespace BinarySync.Sync.Tests.Support;

/// <summary>States of a target between A and B, as an apply that was killed leaves them.</summary>
internal sealed class PatchState
{
    private readonly SyncModel _model;

    public PatchState(SyncCase sync)
    {
        _model = new SyncModel(sync);
        DataFile = sync.DataFile();
        Blocks = FourSteps.Blocks(DataFile);
        Groups = FourSteps.Groups(DataFile);
    }

    public SyncModel Model => _model;

    public byte[] DataFile { get; }

    /// <summary>Blocks with an operation, ascending.</summary>
    public IReadOnlyList<long> Blocks { get; }

    public IReadOnlyList<OperationGroup> Groups { get; }

    /// <summary>A target in which some blocks are new. One that was to grow has grown if any of the new blocks needs it.</summary>
    public byte[] With(IEnumerable<long> done, bool grown)
    {
        bool grows = _model.ChangesSize && _model.B.Length > _model.A.Length && grown;
        byte[] target = new byte[grows ? _model.B.Length : _model.A.Length];
        _model.A.CopyTo(target, 0);
        foreach (long block in done)
        {
            Span<byte> content = _model.Of(_model.B, block);
            Span<byte> place = _model.Of(target, block);
            if (place.Length >= content.Length)
            {
                content.CopyTo(place);
            }
        }

        return target;
    }

    /// <summary>True where a block is what it was or what it shall be; beyond A's end zeros are what was.</summary>
    public bool IsRecognised(byte[] target, long block)
    {
        Span<byte> now = _model.Of(target, block);
        Span<byte> a = _model.Of(_model.A, block);
        Span<byte> b = _model.Of(_model.B, block);
        bool isNew = now.Length >= b.Length && now[..b.Length].SequenceEqual(b);
        bool isOld = now.Length >= a.Length && now[..a.Length].SequenceEqual(a) && now[a.Length..].IndexOfAnyExcept((byte)0) < 0;
        return isNew || isOld;
    }
}
