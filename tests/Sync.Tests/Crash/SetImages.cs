namespace BinarySync.Sync.Tests.Crash;

/// <summary>The two contents of a set, and which block of a target is which.</summary>
internal sealed class SetImages
{
    private readonly int _blockSize;
    private readonly bool _isDevice;
    private readonly long _least;
    private readonly long _most;
    private readonly CrashImage _a;
    private readonly CrashImage _b;

    public SetImages(byte[] a, byte[] b, int blockSize, int page, bool isDevice, byte[] behind)
    {
        (_blockSize, _isDevice) = (blockSize, isDevice);
        (SizeA, SizeB) = (a.Length, b.Length);
        (_least, _most) = (Math.Min(SizeA, SizeB), Math.Max(SizeA, SizeB));
        _a = CrashImage.Of(a, page).Resize(_most + behind.Length).Write(_most, behind);
        _b = CrashImage.Of(b, page).Resize(_most + behind.Length).Write(_most, behind);
        A = isDevice ? _a : _a.Resize(SizeA);
        B = isDevice ? _b : _b.Resize(SizeB);
    }

    /// <summary>The target before.</summary>
    public CrashImage A { get; }

    /// <summary>The target when all is done; a device may have something else behind B's end.</summary>
    public CrashImage B { get; }

    public long SizeA { get; }

    public long SizeB { get; }

    /// <summary>
    /// True where a block is what B has there, or A. Behind the end of the smaller one, that may be what the larger one has, or zeros.
    /// </summary>
    public bool Is(CrashImage image, long block, bool isNew)
    {
        long from = block * _blockSize;
        long end = Math.Min(Math.Min(from + _blockSize, _most), image.Length);
        long middle = Math.Clamp(_least, from, Math.Max(from, end));
        CrashImage own = isNew ? _b : _a;
        CrashImage larger = SizeA > SizeB ? _a : _b;
        return Same(image, own, from, middle)
            && (Same(image, larger, middle, end) || (own != larger && IsLeft(image, larger, middle, end)));
    }

    /// <summary>Says what is wrong where the whole target must be A or B; null for nothing.</summary>
    public string? JudgeWhole(CrashImage image, bool isNew)
    {
        string name = isNew ? "B" : "A";
        if (!_isDevice)
        {
            return image.SameAs(isNew ? B : A) ? null : $"the medium is not {name}: {image.Length} bytes";
        }

        for (long block = 0; block * _blockSize < _most; block++)
        {
            if (!Is(image, block, isNew))
            {
                return $"block {block} of the device is not that of {name}";
            }
        }

        return null;
    }

    /// <summary>
    /// Says what is wrong in blocks of which no part speaks, with what lies behind, or with the length; null for nothing.
    /// </summary>
    public string? JudgeRest(CrashImage image, IEnumerable<long> spokenOf)
    {
        if (_isDevice ? image.Length != _a.Length || !Same(image, _a, _most, _a.Length) : image.Length != SizeA && image.Length != SizeB)
        {
            return $"the length is {image.Length}, or what lies behind has changed";
        }

        HashSet<long> blocks = [.. spokenOf];
        for (long block = 0; block * _blockSize < Math.Min(image.Length, _most); block++)
        {
            if (!blocks.Contains(block) && !Is(image, block, isNew: false) && !Is(image, block, isNew: true))
            {
                return $"block {block}, of which no part speaks, has changed";
            }
        }

        return null;
    }

    // What an interrupted run may have left behind the smaller one, sector by sector.
    private static bool IsLeft(CrashImage image, CrashImage larger, long from, long end)
    {
        for (long at = from; at < end;)
        {
            long next = Math.Min(end, ((at / CrashImage.Sector) + 1) * CrashImage.Sector);
            if (!image.IsZero(at, next - at) && !Same(image, larger, at, next))
            {
                return false;
            }

            at = next;
        }

        return true;
    }

    private static bool Same(CrashImage image, CrashImage other, long from, long end) =>
        from >= end || image.SameAs(other, from, end - from);
}
