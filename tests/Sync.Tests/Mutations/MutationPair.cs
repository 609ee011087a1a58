using System.Runtime.InteropServices;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Tests.Splitting;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>Two contents, and all messages of their sync, there and back.</summary>
internal sealed class MutationPair
{
    private static readonly Compression[] Compressions =
        [Compression.None, Compression.DefaultLZ4, new Compression(FrameCodec.LZ4, 3), new Compression(FrameCodec.Brotli, 1),
            new Compression(FrameCodec.Zstd, 3)];

    private MutationPair(DiskImage a, DiskImage b)
    {
        A = a;
        B = b;
    }

    public DiskImage A { get; }

    public DiskImage B { get; }

    /// <summary>With little memory to spare, a large pair is worked on by one thread.</summary>
    public bool IsLarge => B.Length > 8 << 20;

    /// <summary>One message, which stands for all.</summary>
    public bool IsAlone { get; private init; }

    /// <summary>Content has moved by bytes, and is copied.</summary>
    public bool IsMoved { get; private init; }

    public byte[] Request { get; private init; } = [];

    public byte[] RemoteChecksums { get; private init; } = [];

    public byte[] MasterChecksums { get; private init; } = [];

    public byte[] DataRequest { get; private init; } = [];

    /// <summary>From A to B.</summary>
    public byte[] DataFile { get; private init; } = [];

    /// <summary>From B to A.</summary>
    public byte[] Undo { get; private init; } = [];

    /// <summary>The data file in parts; none where it cannot be cut.</summary>
    public IReadOnlyList<byte[]> Parts { get; private set; } = [];

    /// <summary>The data file for this remote and another one; null where they have not the same ranges.</summary>
    public MergedMessages? Merged { get; private set; }

    /// <summary>The same pair in coarser blocks first: its messages are the fine ones. Null where blocks cannot be coarser.</summary>
    public MutationPair? Refined { get; private set; }

    public IEnumerable<byte[]> Messages =>
        [
            Request,
            RemoteChecksums,
            MasterChecksums,
            DataRequest,
            DataFile,
            Undo,
            .. Parts,
            .. Merged is null ? (byte[][])[] : [Merged.DataFile],
            .. Refined?.Messages ?? []];

    /// <summary>A message that stands alone: a target of zeros stands in for its base.</summary>
    public static MutationPair Of(byte[] message)
    {
        DiskImage empty = DiskImage.Sparse(2048);
        return new MutationPair(empty, empty)
        {
            IsAlone = true,
            Request = message,
            RemoteChecksums = message,
            MasterChecksums = message,
            DataRequest = message,
            DataFile = message,
            Undo = message,
        };
    }

    /// <summary>Makes a pair of the ordinary kind.</summary>
    public static MutationPair Random(Random random)
    {
        int blockSize = Pick(random, 512, 512, 512, 4096, 4096, 65_536, 131_072, 2 << 20, FormatLimits.MaxBlockSize);
        BlockHash hash = BlockHash.All[random.Next(BlockHash.All.Count)];

        // Large blocks: one short one, or a few; a block larger than a frame spans several.
        int most = Math.Min(24 * blockSize, Math.Max(300_000, 3 * Math.Min(blockSize, 131_072)));
        byte[] a = Content(random, blockSize, Length(random, blockSize, most));
        byte[] b = random.Next(2) == 0 ? [.. a] : Resized(random, a, blockSize, Length(random, blockSize, most));
        Change(random, b, blockSize);
        BlockCoverage first = Ranges(random, blockSize, most);
        BlockCoverage second = random.Next(3) == 0 ? Ranges(random, blockSize, most) : first;
        MutationPair pair = TryMake(random, DiskImage.Of(a), DiskImage.Of(b), blockSize, hash, first, second)
            ?? TryMake(random, DiskImage.Of(a), DiskImage.Of(b), blockSize, hash, BlockCoverage.Whole, BlockCoverage.Whole)!;
        pair.Parts = PartForge.Cut(pair.DataFile, random.Next(2, 6)) ?? PartForge.Cut(pair.DataFile, 2) ?? [];
        pair.Merged = MergedMessages.TryMake(pair, Neighbour(random, a, b, blockSize), first, second);
        pair.Refined = TryRefine(random, pair, blockSize, hash, first, second);
        return pair;
    }

    /// <summary>Makes a pair in which content has moved by any number of bytes: some of it is copied.</summary>
    public static MutationPair Moved(Random random)
    {
        while (true)
        {
            int blockSize = Pick(random, 512, 512, 512, 4096);
            BlockHash hash = BlockHash.All[random.Next(BlockHash.All.Count)];
            byte[] a = Content(random, blockSize, random.Next(3 * blockSize, 24 * blockSize));
            byte[] b = Rearranged(random, a, blockSize);
            BlockCoverage ranges = Ranges(random, blockSize, a.Length);
            MutationPair? pair = TryMake(random, DiskImage.Of(a), DiskImage.Of(b), blockSize, hash, ranges, ranges, isMoved: true);
            if (pair is not null && FourSteps.Groups(pair.DataFile).Any(group => group.Operations.Any(operation => operation.Shift > 0)))
            {
                return pair;
            }
        }
    }

    /// <summary>
    /// Makes a pair whose data file has more than one group. Nearly all of both is zeros, so that little memory is taken.
    /// </summary>
    public static MutationPair Large(Random random)
    {
        const int Length = (9 << 20) + 77;
        int blockSize = Pick(random, 16_384, 65_536, 131_072);
        DiskImage b = DiskImage.Sparse(Length);
        for (int at = 0; at < Length; at += blockSize)
        {
            b.Write([(byte)random.Next(1, 256)], random.Next(at, Math.Min(at + blockSize, Length)));
        }

        MutationPair pair = TryMake(
            random,
            DiskImage.Sparse(Length),
            b,
            blockSize,
            BlockHash.Xxh128,
            BlockCoverage.Whole,
            BlockCoverage.Whole,
            Compression.DefaultLZ4)!;
        pair.Parts = SplitCase.Parts(new FakeStorage(b.Copy()), pair.DataRequest, splitSize: 1);
        return pair;
    }

    // Null where the ranges of the two sides have nothing in common.
    private static MutationPair? TryMake(
        Random random, DiskImage a, DiskImage b, int blockSize, BlockHash hash, BlockCoverage first, BlockCoverage second,
        Compression? compression = null, bool isMoved = false)
    {
        string? label = random.Next(3) == 0 ? "label " + random.Next(1000) : null;
        ChecksumSpecification howA = new()
        {
            BlockSize = blockSize,
            Hash = hash,
            Coverage = first,
            Label = label,
            RollingSums = isMoved,
        };
        ChecksumSpecification howB = howA with { Coverage = second };
        byte[] remote = FourSteps.Checksums(new FakeStorage(a.Copy()), howA, 1);
        byte[] master = FourSteps.Checksums(new FakeStorage(b.Copy()), howB, 1);
        DataFileSpecification how = new()
        {
            FrameSize = Pick(random, 65_536, 65_536, 131_072, 1 << 20),
            Compression = compression ?? Pick(random, Compressions),
            Label = label,
        };
        bool isOver = compression is null && blockSize <= how.FrameSize && random.Next(3) == 0;
        how = isOver ? how with { Compression = new Compression(FrameCodec.Zstd, 3) } : how;
        using MemoryStream request = new();
        ChecksumRequest.Write(
            request,
            new ChecksumRequestHeader
            {
                BlockSize = blockSize,
                Hash = hash,
                Coverage = first,
                Label = label,
                WantsRollingSums = isMoved,
            });
        try
        {
            byte[] there = isMoved
                ? FourSteps.RequestWithShifts(a.ToArray(), b.ToArray(), remote, master)
                : FourSteps.Request(remote, master, label);
            byte[] back = isMoved
                ? FourSteps.RequestWithShifts(b.ToArray(), a.ToArray(), master, remote)
                : FourSteps.Request(master, remote);
            return new MutationPair(a, b)
            {
                IsMoved = isMoved,
                Request = request.ToArray(),
                RemoteChecksums = remote,
                MasterChecksums = master,
                DataRequest = there,
                DataFile = FourSteps.Data(new FakeStorage(b.Copy()), there, Over(a), 1),
                Undo = FourSteps.Data(new FakeStorage(a.Copy()), back, Over(b), 1),
            };
        }
        catch (SyncException)
        {
            return null;
        }

        DataFileSpecification Over(DiskImage old) => isOver ? how with { Base = new FakeStorage(old.Copy()) } : how;
    }

    // Another age of the remote, most often of the same length.
    private static byte[] Neighbour(Random random, byte[] a, byte[] b, int blockSize)
    {
        byte[] other = random.Next(4) == 0 ? [.. b] : [.. a];
        Change(random, other, blockSize);
        return other;
    }

    private static MutationPair? TryRefine(
        Random random, MutationPair pair, int blockSize, BlockHash hash, BlockCoverage first, BlockCoverage second)
    {
        int coarse = blockSize << random.Next(1, 5);
        if (coarse > FormatLimits.MaxBlockSize)
        {
            return null;
        }

        // In coarse blocks the same ranges reach further, mostly past the end.
        ChecksumSpecification howA = new() { BlockSize = coarse, Hash = BlockHash.All[random.Next(BlockHash.All.Count)], Coverage = first };
        DataFileSpecification how = new() { FrameSize = 65_536, Compression = Pick(random, Compressions) };
        using MemoryStream request = new();
        try
        {
            byte[] dtr = FourSteps.Request(
                FourSteps.Checksums(new FakeStorage(pair.A.Copy()), howA, 1),
                FourSteps.Checksums(new FakeStorage(pair.B.Copy()), howA with { Coverage = second }, 1));
            ChecksumRequestHeader asked = FourSteps.Refine(dtr, blockSize, hash).Header;
            ChecksumRequest.Write(request, asked);
            ChecksumSpecification fine = FourSteps.HowFor(asked);
            byte[] remote = FourSteps.Checksums(new FakeStorage(pair.A.Copy()), fine, 1);
            byte[] master = FourSteps.Checksums(new FakeStorage(pair.B.Copy()), fine, 1);
            byte[] there = FourSteps.Request(remote, master);
            byte[] data = FourSteps.Data(new FakeStorage(pair.B.Copy()), there, how, 1);
            FakeUndoPlace undo = new();
            FakeStorage target = new(pair.A.Copy());
            ApplyOperation.Run(target, FourSteps.Patch(data), FourSteps.Places(undo: undo), new ApplySpecification(), FourSteps.Threads(1));
            return new MutationPair(pair.A, target.Cache)
            {
                Request = request.ToArray(),
                RemoteChecksums = remote,
                MasterChecksums = FourSteps.Checksums(new FakeStorage(target.Cache.Copy()), fine, 1),
                DataRequest = there,
                DataFile = data,
                Undo = undo.Content!,
            };
        }
        catch (SyncException)
        {
            return null;
        }
    }

    private static int Length(Random random, int blockSize, int most) => random.Next(8) switch
    {
        0 => 0,
        1 => Math.Min(most, blockSize),
        2 => random.Next(1, 2000),
        3 or 4 => random.Next(0, (most / blockSize) + 1) * blockSize,
        _ => random.Next(0, most + 1),
    };

    private static byte[] Content(Random random, int blockSize, int length)
    {
        byte[] content = new byte[length];
        for (int at = 0; at < length; at += blockSize)
        {
            FillBlock(random, content.AsSpan(at, Math.Min(blockSize, length - at)));
        }

        return content;
    }

    private static byte[] Resized(Random random, byte[] content, int blockSize, int length)
    {
        byte[] result = Content(random, blockSize, length);
        content.AsSpan(0, Math.Min(length, content.Length)).CopyTo(result);
        return result;
    }

    // Bytes put in and taken out, stretches that have gone elsewhere, and a few blocks that are new.
    private static byte[] Rearranged(Random random, byte[] content, int blockSize)
    {
        List<byte> result = [.. content];
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int at = random.Next(result.Count);
            int length = Math.Min(random.Next(1, 6 * blockSize), result.Count - at);
            switch (random.Next(4))
            {
                case 0 when result.Count > 4 * blockSize:
                    result.RemoveRange(at, length);
                    break;
                case 1:
                    byte[] stretch = [.. result.Skip(at).Take(length)];
                    result.RemoveRange(at, length);
                    result.InsertRange(random.Next(result.Count + 1), stretch);
                    break;
                case 2:
                    Fill(random, CollectionsMarshal.AsSpan(result).Slice(at, length), shrinks: false);
                    break;
                default:
                    byte[] put = new byte[random.Next(1, 2 * blockSize)];
                    random.NextBytes(put);
                    result.InsertRange(at, put);
                    break;
            }
        }

        return [.. result];
    }

    private static void Change(Random random, byte[] content, int blockSize)
    {
        int rarity = random.Next(1, 6);
        for (int at = 0; at < content.Length; at += blockSize)
        {
            if (random.Next(rarity) == 0)
            {
                Span<byte> block = content.AsSpan(at, Math.Min(blockSize, content.Length - at));
                if (random.Next(3) == 0)
                {
                    // Nearly as it was.
                    block[random.Next(block.Length)] ^= (byte)random.Next(1, 256);
                }
                else
                {
                    FillBlock(random, block);
                }
            }
        }

        // The second half often is the first one over again: content that repeats.
        int half = content.Length / 2 / blockSize * blockSize;
        if (random.Next(3) == 0)
        {
            content.AsSpan(0, half).CopyTo(content.AsSpan(half));
        }
    }

    private static void FillBlock(Random random, Span<byte> block)
    {
        switch (random.Next(5))
        {
            case 0 or 1:
                block.Clear();
                break;
            case 2:
                block.Clear();
                block[random.Next(block.Length)] = 1;
                break;
            default:
                Fill(random, block, shrinks: block.Length > 10_000 || random.Next(2) == 0);
                break;
        }
    }

    private static void Fill(Random random, Span<byte> block, bool shrinks)
    {
        if (!shrinks)
        {
            random.NextBytes(block);
            return;
        }

        Span<byte> pattern = block[..Math.Min(16, block.Length)];
        random.NextBytes(pattern);
        for (int i = pattern.Length; i < block.Length; i++)
        {
            block[i] = block[i & 15];
        }
    }

    private static BlockCoverage Ranges(Random random, int blockSize, int most)
    {
        if (random.Next(3) > 0)
        {
            return BlockCoverage.Whole;
        }

        int blocks = Math.Max(1, most / blockSize);
        return BlockCoverage.Of(
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(4) == 0
                ? BlockRun.From(random.Next(blocks))
                : new BlockRun(random.Next(blocks), random.Next(1, blocks + 1)))]);
    }

    private static T Pick<T>(Random random, params ReadOnlySpan<T> from) => from[random.Next(from.Length)];
}
