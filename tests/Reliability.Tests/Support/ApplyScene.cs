namespace BinarySync.Reliability.Tests.Support;

/// <summary>A target, regular file or loop device, with all that is needed to patch it from A to B, as often as a sweep wants.</summary>
public sealed class ApplyScene : IDisposable
{
    /// <summary>Where the undo file goes.</summary>
    public const string Undo = "u.dtf";

    private const int BlockSize = 4096;
    private const string State = "state";

    private readonly LoopDevice? _device;
    private readonly bool _isSparse;
    private readonly bool _isStream;
    private readonly string[] _names;

    public ApplyScene(string name)
    {
        bool isDevice = name == "device";
        _isSparse = name == "holes";
        (A, B) = Pair(name);
        _isStream = name.StartsWith("stream", StringComparison.Ordinal);
        Work.Prepare(A, B, name switch { "large blocks" => "-b 2M", "moved" => "--shift", _ => _isStream ? "-b 64K" : "" });
        if (_isStream)
        {
            Work.Line("dtfile b -r p.dtr -o p.dtf -f --no-repeats").Ends(0);
        }

        if (name == "moved")
        {
            // Some content has moved, by blocks and by bytes, and the rest is over the old content of its own blocks: all of them go
            // through the redo.
            Work.Line("dtfile b --remote a.ckf --shift -o p.dtf -f --base a").Ends(0);
            Work.Line("dtfile info p.dtf --extents").Ends(0).Prints("frames, prefix").Prints(" from byte ").Prints("from 5");
        }

        Faults = new FaultInjector(Work);
        if (isDevice)
        {
            _device = new LoopDevice(Work["a"]);
            Directory.CreateDirectory(Work[State]);
            Faults.Under.Add(_device.Path);
        }

        Target = _device?.Path ?? "a";
        _names = [.. Work.Names];
    }

    /// <summary>
    /// Regular files that grow, that shrink, with holes that are filled and made, with blocks larger than a frame, and with content that
    /// moved (by blocks and by bytes) or is over old content; each has a short last block.
    /// </summary>
    public static TheoryData<string> Files => ["grow", "shrink", "holes", "large blocks", "moved"];

    /// <summary>Regular files that are patched as the data file arrives, in three stretches.</summary>
    public static TheoryData<string> Streams => ["stream that grows it", "stream that shrinks it"];

    /// <summary>The target before.</summary>
    public byte[] A { get; }

    /// <summary>The master: what the target is to become.</summary>
    public byte[] B { get; }

    public Workspace Work { get; } = new();

    public FaultInjector Faults { get; }

    /// <summary>As it stands in the command line.</summary>
    public string Target { get; }

    /// <summary>The command that is being tested.</summary>
    public string Line(bool undo) => Line("p.dtf") + (undo ? $" --undo {Undo}" : "");

    /// <summary>The command with another data file.</summary>
    public string Line(string data) =>
        $"dtfile apply {data} {Target}{(_device is null ? "" : $" --journal {State}")}{(_isStream ? " --stream" : "")}";

    /// <summary>The target is A again, and there are no journal and no undo file.</summary>
    public void Reset()
    {
        DropDeviceCache();
        Lay(A);
        File.Delete(Work[Undo]);
        foreach (string left in Work.Names.Except(_names))
        {
            File.Delete(Work[left]);
        }

        if (_device is not null)
        {
            Directory.Delete(Work[State], recursive: true);
            Directory.CreateDirectory(Work[State]);
        }
    }

    /// <summary>A journal is there.</summary>
    public bool HasJournal => Directory.EnumerateFiles(_device is null ? Work.Root : Work[State]).Any(IsJournal);

    /// <summary>The target has this content, on the disk as well as in the cache.</summary>
    public void Holds(ReadOnlySpan<byte> content)
    {
        DropDeviceCache();
        Work.Holds("a", content);
    }

    /// <summary>The target has this content, and nothing is left of how it came there but hidden files of killed processes.</summary>
    public void IsDone(ReadOnlySpan<byte> content)
    {
        Holds(content);
        Assert.False(HasJournal, "the journal is left over");
        Assert.DoesNotContain(Work.Names.Except(_names), name => name != Undo && name[0] != '.');
    }

    /// <summary>Every block is as in A or as in B (or of zeros, where the target has grown): no write was stopped in the middle.</summary>
    public void HasWholeBlocks()
    {
        DropDeviceCache();
        byte[] now = Work.Read("a");
        byte[] zeros = new byte[BlockSize];
        for (int at = 0; at < now.Length; at += BlockSize)
        {
            ReadOnlySpan<byte> block = now.AsSpan(at, Math.Min(BlockSize, now.Length - at));
            bool isWhole = IsIn(A, at, block) || IsIn(B, at, block)
                || (at + block.Length > A.Length && IsGrown(block, at, zeros))
                || (B.Length - at is > 0 and < BlockSize && block.Length > B.Length - at && IsNotCutYet(block, at, B.Length - at));
            Assert.True(isWhole, $"block {at / BlockSize} is neither old nor new");
        }
    }

    /// <summary>Changes a byte of a file behind the program's back.</summary>
    public void Spoil(string name, long offset)
    {
        using FileStream file = new(Work[name], FileMode.Open, FileAccess.Write, FileShare.ReadWrite) { Position = offset };
        file.WriteByte(0xA5);
    }

    public void Dispose()
    {
        _device?.Dispose();
        Faults.Dispose();
        Work.Dispose();
    }

    private static (byte[] A, byte[] B) Pair(string name)
    {
        const int Common = 120 * BlockSize;
        byte[] small = Noise(name == "device" ? Common + 512 : Common + 100, 1);
        byte[] large = Noise(name is "device" or "holes" ? small.Length : Common + (40 * BlockSize) + 1700, 1);
        if (name == "large blocks")
        {
            small = Noise((4 << 20) + 5000, 1);
            large = Noise((6 << 20) + 700, 1);
        }

        if (name == "moved")
        {
            return Moved();
        }

        if (name.StartsWith("stream", StringComparison.Ordinal))
        {
            byte[] shorter = Noise((41 << 20) + 700, 1);
            byte[] longer = Noise((43 << 20) + 5000, 2);
            shorter.AsSpan(20 << 20, 1 << 20).CopyTo(longer.AsSpan(20 << 20));
            longer.AsSpan(30 << 20, 1 << 20).Clear();
            return name == "stream that grows it" ? (shorter, longer) : (longer, shorter);
        }

        byte[] a = name == "shrink" ? large : small;
        byte[] b = name == "shrink" ? small : large;
        a.AsSpan(20 * BlockSize, 20 * BlockSize).Clear();
        a.AsSpan(0, 20 * BlockSize).CopyTo(b);
        b.AsSpan(20 * BlockSize, 20 * BlockSize).Clear();
        if (a.Length > 130 * BlockSize)
        {
            a.AsSpan(125 * BlockSize, 20 * BlockSize).Clear();
        }

        // Single blocks, neighbours, data where zeros were, zeros of many blocks and of one, the last and short block.
        Noise(BlockSize, 2).CopyTo(b.AsSpan(3 * BlockSize));
        Noise(3 * BlockSize, 3).CopyTo(b.AsSpan(7 * BlockSize));
        Noise(2 * BlockSize, 4).CopyTo(b.AsSpan(25 * BlockSize));
        b.AsSpan(50 * BlockSize, 20 * BlockSize).Clear();
        b.AsSpan(90 * BlockSize, BlockSize).Clear();
        Noise(50, 5).CopyTo(b.AsSpan(b.Length - 60));
        if (b.Length > 130 * BlockSize)
        {
            b.AsSpan(125 * BlockSize, 20 * BlockSize).Clear();
        }

        return (a, b);
    }

    // All moves up by three blocks, and the last third by some bytes more; two stretches are exchanged, one of them by bytes; one goes to
    // where new content takes its place, and the file grows.
    private static (byte[] A, byte[] B) Moved()
    {
        byte[] a = Noise((120 * BlockSize) + 100, 1);
        byte[] b = [.. Noise(3 * BlockSize, 2), .. a[..(80 * BlockSize)], .. Noise(333, 4), .. a[(80 * BlockSize)..]];
        a.AsSpan(20 * BlockSize, 8 * BlockSize).CopyTo(b.AsSpan((60 * BlockSize) - 700));
        a.AsSpan(57 * BlockSize, 8 * BlockSize).CopyTo(b.AsSpan(23 * BlockSize));
        a.AsSpan(100 * BlockSize, 4 * BlockSize).CopyTo(b.AsSpan(110 * BlockSize));
        Noise(10 * BlockSize, 3).CopyTo(b.AsSpan(98 * BlockSize));
        b.AsSpan(80 * BlockSize, 5 * BlockSize).Clear();

        // What becomes nearly what it was.
        a.AsSpan(40 * BlockSize, 6 * BlockSize).CopyTo(b.AsSpan(40 * BlockSize));
        for (int block = 40; block < 46; block++)
        {
            Noise(20, block).CopyTo(b.AsSpan((block * BlockSize) + 1000));
        }
        return (a, b);
    }

    private static byte[] Noise(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static bool IsIn(byte[] whole, int at, ReadOnlySpan<byte> block) =>
        at + block.Length <= whole.Length && block.SequenceEqual(whole.AsSpan(at, block.Length));

    // B's short last block, and what A has behind it.
    private bool IsNotCutYet(ReadOnlySpan<byte> block, int at, int length) =>
        IsIn(B, at, block[..length]) && IsIn(A, at + length, block[length..]);

    // What A had of its last block, and zeros behind it.
    private bool IsGrown(ReadOnlySpan<byte> block, int at, ReadOnlySpan<byte> zeros)
    {
        int old = Math.Clamp(A.Length - at, 0, block.Length);
        return block[..old].SequenceEqual(A.AsSpan(at < A.Length ? at : 0, old))
            && block[old..].SequenceEqual(zeros[..(block.Length - old)]);
    }

    private static bool IsJournal(string path) =>
        path.Contains("journal", StringComparison.Ordinal) || Path.GetFileName(Path.GetDirectoryName(path)) == State;

    // In place: a loop device over it goes on seeing the same file.
    private void Lay(byte[] content)
    {
        using FileStream file = new(Work["a"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (_isSparse)
        {
            file.SetLength(0);
        }

        file.SetLength(content.Length);
        for (int at = 0; at < content.Length; at += BlockSize)
        {
            ReadOnlySpan<byte> block = content.AsSpan(at, Math.Min(BlockSize, content.Length - at));
            if (!_isSparse || block.ContainsAnyExcept((byte)0))
            {
                file.Position = at;
                file.Write(block);
            }
        }
    }

    private void DropDeviceCache()
    {
        if (_device is not null)
        {
            Command.Demand("blockdev", "--flushbufs", _device.Path);
        }
    }
}
