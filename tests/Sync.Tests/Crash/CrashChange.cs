namespace BinarySync.Sync.Tests.Crash;

/// <summary>What a change does.</summary>
internal enum ChangeKind
{
    Write,

    /// <summary>A zeroed range or a hole: both read as zeros.</summary>
    Zero,

    Resize,
}

/// <summary>
/// One change of a target that has reached the cache and not the medium. A value that can be applied to any image, whole or torn.
/// </summary>
/// <param name="Kind">What it does.</param>
/// <param name="Offset">First byte; of a change of length the length before.</param>
/// <param name="End">Behind the last byte; of a change of length the length after.</param>
/// <param name="Content">Of a write: an image that has the bytes.</param>
internal sealed record CrashChange(ChangeKind Kind, long Offset, long End, CrashImage? Content)
{
    private const int MostFragments = 6;

    public CrashImage ApplyTo(CrashImage image) => Kind switch
    {
        ChangeKind.Write => image.CopyFrom(Content!, Offset, End - Offset),
        ChangeKind.Zero => image.Zero(Offset, End - Offset),
        _ => image.Resize(End),
    };

    /// <summary>
    /// What a kill in the middle of the call leaves: the front of it. Sectors are the smallest that is written or not. Null where it
    /// cannot be cut.
    /// </summary>
    public CrashChange? Front(Random random)
    {
        long first = (Offset / CrashImage.Sector) + 1;
        long last = (End - 1) / CrashImage.Sector;
        return Kind == ChangeKind.Resize || first > last ? null : this with { End = random.NextInt64(first, last + 1) * CrashImage.Sector };
    }

    /// <summary>Any part of it: some of its sectors, or a length between the two.</summary>
    public CrashImage ApplyTornTo(CrashImage image, Random random)
    {
        if (Kind == ChangeKind.Resize)
        {
            long least = Math.Min(Offset, End);
            long between = random.NextInt64(least, Math.Max(Offset, End) + 1);
            return image.Resize(random.Next(2) == 0 ? between : Math.Max(least, between / CrashImage.Sector * CrashImage.Sector));
        }

        // A few stretches of sectors: in a large write as many as in a small one.
        long first = Offset / CrashImage.Sector;
        long end = (End + CrashImage.Sector - 1) / CrashImage.Sector;
        int fragments = 1 + random.Next(MostFragments);
        for (int i = 0; i < fragments; i++)
        {
            long from = random.NextInt64(first, end);
            long to = random.NextInt64(from, end) + 1;
            long begin = Math.Max(Offset, from * CrashImage.Sector);
            image = (this with { Offset = begin, End = Math.Min(End, to * CrashImage.Sector) }).ApplyTo(image);
        }

        return image;
    }
}
