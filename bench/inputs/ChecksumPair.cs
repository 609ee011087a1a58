using System.Runtime.InteropServices;

namespace BinarySync.Bench.Inputs;

/// <summary>
/// The checksum files of two targets that never existed: hashes that look random, a share of them different, in short runs. The same
/// arguments give the same bytes; memory does not grow with the number of blocks.
/// </summary>
/// <param name="blocks">Blocks of each target.</param>
/// <param name="share">The part of the blocks that differs, 0 to 1.</param>
/// <param name="runLength">Mean length of a run that differs; longer where a share near 1 leaves no room between runs.</param>
/// <param name="seed">Another one gives other hashes and other runs.</param>
internal sealed class ChecksumPair(long blocks, double share, int runLength, ulong seed)
{
    public const int BlockSize = FormatLimits.DefaultBlockSize;

    private const int WindowBlocks = FormatLimits.ChecksumWindowBlocks;

    // Odd, with bits well spread: the step of SplitMix64 (Steele, Lea, Flood 2014), whose mixing Mix is.
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly double _meanSame = Math.Max(1, runLength * (1 - share) / share);
    private ulong _lengths = Mix(seed);
    private long _left;
    private bool _differs = true;

    /// <summary>Blocks that differ, once both are written.</summary>
    public long DifferingBlocks { get; private set; }

    /// <summary>The runs in which they lie.</summary>
    public long DifferingRuns { get; private set; }

    /// <summary>Writes both files.</summary>
    public void Write(Stream remote, Stream master)
    {
        ChecksumFileHeader header = new() { BlockSize = BlockSize, Hash = BlockHash.Xxh128, Size = blocks * BlockSize };
        using ChecksumFileWriter ofRemote = new(remote, header);
        using ChecksumFileWriter ofMaster = new(master, header);
        byte[] before = new byte[WindowBlocks * header.Hash.Length];
        byte[] after = new byte[before.Length];
        for (long first = 0; first < blocks; first += WindowBlocks)
        {
            BlockRun window = BlockRun.Between(first, Math.Min(first + WindowBlocks, blocks));
            int length = (int)window.Count * header.Hash.Length;
            Fill(MemoryMarshal.Cast<byte, ulong>(before.AsSpan(0, length)), first, seed);
            before.AsSpan(0, length).CopyTo(after);
            Change(MemoryMarshal.Cast<byte, ulong>(after.AsSpan(0, length)), window);
            ofRemote.AddData(window, before.AsSpan(0, length));
            ofMaster.AddData(window, after.AsSpan(0, length));
        }

        ofRemote.Finish();
        ofMaster.Finish();
    }

    // Runs that are equal and runs that differ take turns, and go on from one window into the next.
    private void Change(Span<ulong> hashes, BlockRun window)
    {
        for (int at = 0; at < window.Count;)
        {
            if (_left == 0)
            {
                BeginRun();
            }

            int count = (int)Math.Min(_left, window.Count - at);
            if (_differs)
            {
                Fill(hashes.Slice(at * 2, count * 2), window.First + at, ~seed);
                DifferingBlocks += count;
            }

            at += count;
            _left -= count;
        }
    }

    private void BeginRun()
    {
        _differs = share > 0 && (share >= 1 || !_differs);
        _left = share is > 0 and < 1 ? Length(_differs ? _meanSame * share / (1 - share) : _meanSame) : blocks;
        DifferingRuns += _differs ? 1 : 0;
    }

    // Evenly from 1 up to twice the mean.
    private long Length(double mean)
    {
        _lengths += Step;
        double even = (Mix(_lengths) >> 11) * (1.0 / (1UL << 53));
        return 1 + (long)(even * ((2 * mean) - 1));
    }

    private static void Fill(Span<ulong> hashes, long firstBlock, ulong seed)
    {
        ulong state = Mix(seed) + (2 * (ulong)firstBlock * Step);
        for (int i = 0; i < hashes.Length; i++)
        {
            state += Step;
            hashes[i] = Mix(state);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
