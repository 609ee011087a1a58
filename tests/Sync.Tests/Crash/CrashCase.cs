using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Streaming;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>Which of the two contents a run leads to.</summary>
internal enum Direction
{
    Forth,
    Back,
}

/// <summary>A data file, the machine that it is applied on, and what must come of it.</summary>
internal sealed class CrashCase
{
    private readonly CrashImage _a;
    private readonly CrashImage _b;
    private readonly long _sizeA;
    private readonly long _sizeB;
    private readonly int _blockSize;
    private readonly bool _changesSize;
    private readonly byte[]? _own;

    private CrashCase(
        string description,
        CrashImage a,
        CrashImage b,
        long sizeA,
        long sizeB,
        int blockSize,
        bool changesSize,
        byte[] dataFile,
        byte[]? own = null)
    {
        _own = own;
        Description = description;
        _a = a;
        _b = b;
        _sizeA = sizeA;
        _sizeB = sizeB;
        _blockSize = blockSize;
        _changesSize = changesSize;
        DataFile = dataFile;
        Digest = DigestOf(Patch());
    }

    // Of the whole; and of each stretch, where it is applied as it arrives.
    private List<byte[]> Sessions => field ??= Kind == CrashShape.Stream ? SessionsOf(Stream()) : [Digest];

    public string Description { get; }

    public byte[] DataFile { get; }

    public byte[] Digest { get; }

    public required CrashBehaviour Behaviour { get; set; }

    /// <summary>Applied with an undo file.</summary>
    public required bool WithUndo { get; init; }

    public SparseMode Sparse { get; init; }

    public required long WindowBytes { get; init; }

    /// <summary>The groups of a stream, each a stretch.</summary>
    public IReadOnlyList<byte[]> Groups { get; init; } = [];

    /// <summary>Bytes of copies between two flushes.</summary>
    public long RedoBytes { get; init; } = 1;

    /// <summary>The data file copies within the target, or is decoded over what is there.</summary>
    public bool NeedsOld { get; init; }

    /// <summary>Large blocks, so that the data file has several groups; a run takes a hundred times as long.</summary>
    public bool IsLarge { get; init; }

    /// <summary>What kind of data file it is.</summary>
    public CrashShape Kind { get; init; }

    /// <summary>Data files of other syncs, for the same target.</summary>
    public IReadOnlyList<ThirdFile> Thirds { get; init; } = [];

    /// <summary>What the target is before and behind.</summary>
    public (CrashImage A, CrashImage B) Images => (_a, _b);

    /// <summary>Bytes of A or of B, whichever has fewer.</summary>
    public long SmallerSize => Math.Min(_sizeA, _sizeB);

    /// <summary>
    /// Where the smaller of two sizes ends in the middle of a block: no sector there has a witness. Empty where both end together.
    /// </summary>
    public ByteRange ShortEnd
    {
        get
        {
            long least = Math.Min(_sizeA, _sizeB);
            return _changesSize
                ? new ByteRange(least / CrashImage.Sector * CrashImage.Sector, (least + _blockSize - 1) / _blockSize * _blockSize)
                : default;
        }
    }

    /// <summary>The machine before the first run.</summary>
    public MachineState Start => MachineState.Clean(_a);

    /// <summary>The data file, with the remote's own request where it is for several.</summary>
    public PatchSource Patch() =>
        new(new MemoryFile(DataFile), "Forth.dtf", _own is null ? null : new OwnRequest(new MemoryStream(_own), "own.dtr"));

    /// <summary>The data file as it arrives.</summary>
    public IOperationReader Stream() => new ManyGroupsReader(Groups);

    /// <summary>True where a journal is of a run of this data file.</summary>
    public bool IsOwn(ReadOnlyMemory<byte> session) => Sessions.Any(own => session.Span.SequenceEqual(own));

    /// <summary>The digest by which journals know a data file.</summary>
    public static byte[] DigestOf(byte[] dataFile) => DigestOf(new PatchSource(new MemoryFile(dataFile), "update.dtf"));

    private static byte[] DigestOf(PatchSource patch)
    {
        IOperationReader reader = patch.Open(skipContent: true);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            while (reader.ReadFrame(out _))
            {
            }
        }

        return reader.Trailer.Digest.ToArray();
    }

    /// <summary>Says what is wrong with a target after a run that said success; null for nothing.</summary>
    public string? Judge(Direction direction, CrashImage medium)
    {
        CrashImage expected = direction == Direction.Forth ? _b : _a;
        if (Behaviour.Kind == StorageKind.RegularFile || !_changesSize)
        {
            return medium.SameAs(expected)
                ? null
                : $"the medium is not {(direction == Direction.Forth ? "B" : "A")}{FirstDifference(medium, expected)}";
        }

        // A device has no end to be cut: behind the smaller content each block is the larger one's or zeros, and behind both all is as it
        // was.
        long size = direction == Direction.Forth ? _sizeB : _sizeA;
        long most = Math.Max(_sizeA, _sizeB);
        CrashImage larger = _sizeA > _sizeB ? _a : _b;
        if (medium.Length != expected.Length || !medium.SameAs(expected, 0, size))
        {
            return $"the device does not begin with {(direction == Direction.Forth ? "B" : "A")}{FirstDifference(medium, expected)}";
        }

        for (long at = size; at < most;)
        {
            long end = Math.Min(most, ((at / _blockSize) + 1) * _blockSize);
            if (!medium.IsZero(at, end - at) && !medium.SameAs(larger, at, end - at))
            {
                return $"behind the smaller content, bytes {at} to {end} of the device are neither zeros nor the larger content";
            }

            at = end;
        }

        return medium.SameAs(expected, most, medium.Length - most) ? null : "what lies behind both contents has changed";
    }

    private static string FirstDifference(CrashImage image, CrashImage expected)
    {
        if (image.Length != expected.Length)
        {
            return $" ({image.Length} bytes instead of {expected.Length})";
        }

        for (long at = 0; at < image.Length; at += CrashImage.Sector)
        {
            if (!image.SameAs(expected, at, Math.Min(CrashImage.Sector, image.Length - at)))
            {
                return $" (first in the sector at byte {at})";
            }
        }

        return string.Empty;
    }

    /// <summary>A small case: blocks of one sector to eight, and at most sixteen of them.</summary>
    /// <param name="random">Decides all of it.</param>
    /// <param name="only">The kind; any if null.</param>
    public static CrashCase Small(Random random, CrashShape? only = null)
    {
        while (true)
        {
            SyncCase sync = CrashSides.SmallSync(random);
            CrashShape kind = only ?? random.Next(10) switch
            {
                0 => CrashShape.Merged,
                2 => CrashShape.Stream,
                3 => CrashShape.Prefix,
                4 => CrashShape.Shift,
                1 when sync.BlockSize <= 1024 => CrashShape.Refined,
                _ => CrashShape.Small,
            };
            sync = kind switch
            {
                CrashShape.Small => sync,
                CrashShape.Stream => sync with { Copies = false },
                CrashShape.Shift => CrashSides.ShiftedSync(sync, random),
                CrashShape.Prefix => CrashSides.NearSync(sync, random) with { BlockSize = random.Next(2) == 0 ? 32 << 10 : 64 << 10 },
                _ => sync with { RangesA = BlockCoverage.Whole, RangesB = BlockCoverage.Whole, Copies = false },
            };
            SyncModel model = new(sync);
            if (!model.NothingInCommon && !model.A.AsSpan().SequenceEqual(model.B))
            {
                return Of(sync, model, kind, random);
            }
        }
    }

    /// <summary>A case whose data file has several groups, each of them a window: few of its bytes are not zeros.</summary>
    public static CrashCase Large(Random random)
    {
        int blockSize = random.Next(3) == 0 ? 4 << 20 : 8 << 20;
        int most = (24 << 20) / blockSize;
        byte[] a = CrashSides.LargeContent(random, blockSize, random.Next(1, most + 1), null);
        int blocks = random.Next(3) > 0 ? Math.Max(1, a.Length / blockSize) : random.Next(1, most + 1);
        byte[] b = CrashSides.LargeContent(random, blockSize, blocks, a);
        bool isDevice = random.Next(3) == 0 && !IsTakenBackInPart(a.Length, b.Length, blockSize);
        int length = isDevice ? Math.Max(a.Length, b.Length) + 4096 : 0;
        byte[] dataFile = FourSteps.DataFile(a, b, blockSize, frameSize: random.Next(2) == 0 ? 1 << 20 : 4 << 20);
        const int Page = 64 << 10;
        return new CrashCase(
            $"large blocks of {blockSize}, {a.Length} -> {b.Length} bytes, {(isDevice ? "device" : "file")}",
            CrashImage.Of(a, Page).Resize(isDevice ? length : a.Length),
            CrashImage.Of(b, Page).Resize(isDevice ? length : b.Length),
            a.Length,
            b.Length,
            blockSize,
            a.Length != b.Length,
            dataFile)
        {
            Behaviour = BehaviourOf(random, isDevice, hasHoles: random.Next(2) == 0),
            WithUndo = random.Next(2) == 0,
            Sparse = (SparseMode)random.Next(3),
            WindowBytes = random.Next(3) == 0 ? 16 << 20 : 1,
            IsLarge = true,
            Kind = CrashShape.Large,
        };
    }

    private static CrashCase Of(SyncCase sync, SyncModel model, CrashShape kind, Random random)
    {
        bool isDevice = random.Next(3) == 0 && !(model.ChangesSize && IsTakenBackInPart(model.A.Length, model.B.Length, sync.BlockSize));
        byte[] a = model.A;
        byte[] expected = model.Expected;
        if (isDevice)
        {
            // Behind both contents lies something else; between them zeros, or the run would refuse.
            int most = Math.Max(model.A.Length, model.B.Length);
            a = new byte[most + random.Next(1, 3000)];
            random.NextBytes(a.AsSpan(most));
            model.A.CopyTo(a, 0);
            expected = model.After(a, isDevice: true);
        }

        byte[]? own = kind == CrashShape.Merged ? CrashFiles.RequestOf(sync) : null;
        byte[] dataFile = own is not null ? CrashFiles.Merged(sync, own, random)
            : kind == CrashShape.Refined ? CrashFiles.Refined(sync, random)
            : kind == CrashShape.Stream ? CrashFiles.WholeStream(sync)
            : sync.Shifts ? sync.DataFileWithShifts()
            : sync.Copies ? sync.DataFileWithCopies() : sync.DataFile();
        bool hasThirds = random.Next(2) == 0
            && sync.RangesA.IsWhole
            && sync.RangesB.IsWhole
            && !(isDevice && model.ChangesSize)
            && sync.A.Cells.Count + sync.B.Cells.Count > 0;
        ThirdFile[] thirds = !hasThirds ? [] :
        [
            ThirdFile.Make("for A", model.A, a, sync, isDevice, random),
            ThirdFile.Make("for B", model.B, expected, sync, isDevice, random),
        ];
        if (kind == CrashShape.Stream && !(isDevice && model.ChangesSize))
        {
            // The same file, but not as it arrives: to the journal, that is another one.
            thirds = [.. thirds, new ThirdFile("the whole", dataFile, CrashImage.Of(expected, 1024))];
        }

        const int Page = 1024;
        return new CrashCase(
            $"{kind}, {(isDevice ? "device" : "file")}, {sync}",
            CrashImage.Of(a, Page),
            CrashImage.Of(expected, Page),
            model.A.Length,
            model.B.Length,
            sync.BlockSize,
            model.ChangesSize,
            dataFile,
            own)
        {
            Kind = kind,
            Thirds = thirds,
            Groups = kind == CrashShape.Stream ? CrashFiles.Stream(sync, random) : [],
            NeedsOld = CrashFiles.NeedsOld(dataFile),
            RedoBytes = random.Next(4) == 0 ? 64 << 20 : 1 + (random.Next(4) * sync.BlockSize),
            Behaviour = BehaviourOf(random, isDevice, sync.StorageA.HasHoles),
            WithUndo = kind != CrashShape.Stream && random.Next(3) > 0,
            Sparse = (SparseMode)random.Next(3),
            WindowBytes = 1,
        };
    }

    private static List<byte[]> SessionsOf(IOperationReader stream)
    {
        using StreamStretches stretches = new(stream, 1, dryRun: false);
        List<byte[]> sessions = [];
        while (!stretches.IsComplete)
        {
            sessions.Add(stretches.Next(CancellationToken.None).Digest.ToArray());
        }

        return sessions;
    }

    // A device that is made to hold more from within a block on, and is taken back when all is done: what lies behind A in that block is
    // left alone, as all is that lies behind the content of a device, and the same data file refuses it then. A test of undo files shows
    // that.
    internal static bool IsTakenBackInPart(long sizeA, long sizeB, int blockSize) => sizeA < sizeB && sizeA % blockSize != 0;

    internal static CrashBehaviour BehaviourOf(Random random, bool isDevice, bool hasHoles) => new()
    {
        Kind = isDevice ? StorageKind.BlockDevice : StorageKind.RegularFile,
        HasHoles = hasHoles,
        CanPunch = random.Next(4) > 0,
        CanZeroRange = random.Next(4) > 0,
        CanAllocate = random.Next(2) > 0,
    };
}
