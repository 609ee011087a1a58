namespace BinarySync.Format;

/// <summary>Blocks that follow one another: first block number (from 0) and count.</summary>
public readonly record struct BlockRun(long First, long Count)
{
    /// <summary>The number of the first block after the run.</summary>
    public long End => First + Count;

    /// <summary>The number of the last block.</summary>
    public long Last => First + Count - 1;

    /// <summary>True for a range "from here to the end", of a target whose size is not known.</summary>
    public bool IsOpenEnded => End == long.MaxValue;

    /// <summary>The run from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public static BlockRun Between(long first, long end) => new(first, end - first);

    /// <summary>The run from <paramref name="first"/> to the end, wherever that is.</summary>
    public static BlockRun From(long first) => Between(first, long.MaxValue);

    /// <summary>"7" or "7-9", as ranges are written on the command line.</summary>
    public override string ToString() =>
        IsOpenEnded ? $"{First}-" : Count == 1 ? $"{First}" : $"{First}-{Last}";
}
