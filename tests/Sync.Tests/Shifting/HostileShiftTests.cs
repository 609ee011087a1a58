using System.Collections;
using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Copies;
using BinarySync.Sync.Requests;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>
/// Data files with shifted copies that no program makes: made by hand, to read what is not there, to run in circles, or to cost much.
/// </summary>
public sealed class HostileShiftTests
{
    private const int Block = 512;
    private const int Blocks = 20;

    private static readonly ChecksumSpecification How = new() { BlockSize = Block };

    // B is A with 100 bytes in front: one long copy from byte 412, and one of B's last block.
    [Theory]
    [InlineData((2 * Block) + 1)]
    [InlineData((Blocks * Block) - 1)]
    [InlineData(Blocks * Block)]
    [InlineData((Blocks * Block) + 1)]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(Block)]
    public void A_source_that_ends_behind_A_or_begins_with_a_block_is_refused(long source)
    {
        byte[] a = Random(1, Blocks * Block);
        byte[] b = [.. Random(2, 100), .. a];
        MessageForge forge = MessageDissector.Dissect(DataFile(a, b));

        forge.Sections[0].Set("source 2", Bits.Varint(source), $"from byte {source}");
        MessageFitter.Fit(forge);

        IsRefused<MessageFormatException>(a, forge.Build().Bytes);
    }

    [Theory]
    [InlineData(411)]
    [InlineData(413)]
    [InlineData(1)]
    public void A_source_with_other_content_is_refused(long source)
    {
        byte[] a = Random(1, Blocks * Block);
        byte[] b = [.. Random(2, 100), .. a];
        MessageForge forge = MessageDissector.Dissect(DataFile(a, b));

        forge.Sections[0].Set("source 2", Bits.Varint(source), $"from byte {source}");
        MessageFitter.Fit(forge);

        // The reader may find that this makes a circle with the copy of the last block.
        IsRefused<Exception>(a, forge.Build().Bytes);
    }

    // Each copy needs one byte that the next one overwrites, and the last one needs one of the first.
    [Theory]
    [InlineData(2, Block - 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(1000, Block - 1)]
    [InlineData(4000, 1)]
    public void Sources_in_a_circle_are_refused(int count, int shift)
    {
        // Every second block is copied, from the next of them; with one byte of it, or all but one.
        int blocks = (2 * count) + 2;
        byte[] a = Random(1, blocks * Block);
        byte[] b = Random(2, blocks * Block);
        CopyRun[] copies = new CopyRun[count];
        for (int i = 0; i < count; i++)
        {
            long needed = 2 * ((i + 1) % count);
            long source = shift == 1 ? needed : Math.Max(0, needed - 1);
            copies[i] = CopyRun.Of(new BlockRun(2 * i, 1), source, source == needed ? 1 : Block - 1, new BlockGeometry(b.Length, Block));
            a.AsSpan((int)(source * Block) + copies[i].Shift, Block).CopyTo(b.AsSpan(2 * i * Block));
        }

        byte[] request = Request(a, b, copies);

        Assert.Equal(FormatError.Invalid, MessageError(() => FourSteps.Data(FakeStorage.File(b), request)));

        // Without the block that closes it, it is none.
        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), Request(a, b, copies[..^1]));
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, dataFile);
        Assert.Equal(b, target.Content);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(412)]
    [InlineData(3000)]
    [InlineData((Blocks * Block) - 1)]
    public void A_source_that_is_not_there_any_more_is_found_before_anything_is_written(int changed)
    {
        byte[] a = Random(1, Blocks * Block);
        byte[] b = [.. Random(2, 100), .. a];
        byte[] dataFile = DataFile(a, b);
        a[changed] ^= 1;

        IsRefused<SyncException>(a, dataFile);
    }

    [Fact]
    public void A_target_without_the_end_of_a_source_is_refused()
    {
        byte[] a = Random(1, Blocks * Block);
        byte[] b = [.. a[5000..], .. Random(2, 100)];
        byte[] dataFile = DataFile(a, b);

        // As long as B, but not B.
        IsRefused<SyncException>(a[..b.Length], dataFile);
    }

    // One half of each source is in a block that another copy overwrites, the other half in one that new content or zeros overwrite.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_source_half_in_what_another_copy_overwrites_is_read_before_that(int seed)
    {
        const int Count = 300;
        Random random = new(seed);
        byte[] a = Random(seed, (3 * Count * Block) + 77);
        byte[] b = Random(seed + 100, a.Length);
        BlockGeometry geometry = new(b.Length, Block);
        List<CopyRun> copies = [];
        bool isUp = seed % 2 == 0;
        for (int i = 0; i < Count; i++)
        {
            // Blocks 3i are copied, blocks 3i + 1 new or zeros; 3i + 2 stays.
            a.AsSpan(((3 * i) + 2) * Block, Block).CopyTo(b.AsSpan(((3 * i) + 2) * Block));
            if (random.Next(2) == 0)
            {
                b.AsSpan(((3 * i) + 1) * Block, Block).Clear();
            }

            int from = isUp ? i - 1 - random.Next(3) : i + 1 + random.Next(3);
            if (from is >= 0 and < Count)
            {
                copies.Add(CopyRun.Of(new BlockRun(3 * i, 1), 3 * from, 1 + random.Next(Block - 1), geometry));
                a.AsSpan((int)(copies[^1].Source * Block) + copies[^1].Shift, Block).CopyTo(b.AsSpan(3 * i * Block));
            }
        }

        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), Request(a, b, [.. copies]));
        foreach (int room in (int[])[1, Block, 10 * Block, 1 << 20])
        {
            FakeStorage target = FakeStorage.File(a);
            FakeUndoPlace undo = new();
            ApplyOperation.Run(
                target,
                FourSteps.Patch(dataFile),
                FourSteps.Places(undo: undo),
                new ApplySpecification { Verify = VerifyMode.Full },
                new ApplyTuning
                {
                    RedoBytes = room,
                    WindowBytes = room,
                    Gathering = new CopyGatherLimits { Slices = 1 + (room / Block), HashBytes = 1 + room },
                },
                FourSteps.Threads(2));

            Assert.Equal(b, target.Content);
            FourSteps.Apply(target, undo.Content!);
            Assert.Equal(a, target.Content);
        }
    }

    // As many as a message may have, each over two others: to be looked at a few times each, however they lie.
    [Theory]
    [InlineData("a chain upwards")]
    [InlineData("a chain downwards")]
    [InlineData("all from one place")]
    [InlineData("random")]
    [InlineData("from far away")]
    public void The_most_copies_are_ordered_in_a_few_steps_each(string kind)
    {
        const int Count = FormatLimits.MaxCopies;
        const int Last = Count - 1;
        int[] ranks = Ranks(Count);
        BlockGeometry geometry = new((long)(Count + 2) * Block, Block);
        CountingList copies = new([.. Enumerable.Range(0, Count).Select(i => CopyRun.Of(
            new BlockRun(i, 1),
            kind switch
            {
                "a chain upwards" => i + 1,
                "a chain downwards" => Math.Max(i - 2, -1) is var below && below >= 0 ? below : Count,
                "all from one place" => i < 2 ? Count : 0,
                "random" => Later(ranks, i),
                _ => i < Count / 2 ? Last - 1 - i : Count,
            },
            1,
            geometry))]);

        int[] order = Assert.IsType<int[]>(CopyOrder.Find(copies));

        // A search of 18 steps for each, and a few looks at those that it finds.
        Assert.InRange(copies.Looks, Count, 40L * Count);
        bool[] isOverwritten = new bool[Count + 2];
        foreach (int copy in order)
        {
            long source = copies.At(copy).Source;
            Assert.True(
                (source == copy || !isOverwritten[source]) && (source + 1 == copy || !isOverwritten[source + 1]), $"copy {copy}");
            isOverwritten[copy] = true;
        }
    }

    [Theory]
    [InlineData(64 << 20, 1)]
    [InlineData(24_000 * Block / 16, 20)]
    public void Copies_in_the_worst_order_are_read_a_few_times_and_flushed_by_windows(long redoBytes, int mostWindows)
    {
        // Two groups of operations with SHA-256; with one, each copy would find its group loaded.
        const int Count = 24_000;
        ChecksumSpecification how = How with { Hash = BlockHash.Sha256 };
        byte[] a = Random(1, (Count + 2) * Block);
        byte[] b = [.. a];
        BlockGeometry geometry = new(b.Length, Block);
        int[] ranks = Ranks(Count);
        CopyRun[] copies = new CopyRun[Count];
        for (int i = 0; i < Count; i++)
        {
            copies[i] = CopyRun.Of(new BlockRun(i, 1), Later(ranks, i), 1 + (i % (Block - 1)), geometry);
            a.AsSpan((int)(copies[i].Source * Block) + copies[i].Shift, Block).CopyTo(b.AsSpan(i * Block));
        }

        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), Request(a, b, copies, how));
        FakeStorage target = FakeStorage.File(a);
        FakeRedoFile redo = new();

        ApplyResult done = ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            FourSteps.Places() with { Redo = redo },
            new ApplySpecification(),
            new ApplyTuning { RedoBytes = redoBytes },
            new SyncOptions());

        Assert.Equal(b, target.Content);
        Assert.Equal(Count, done.Written.CopyBlocks);
        long read = target.Log.Where(call => call.Call is DiskCall.Read or DiskCall.ReadBelowCache).Sum(call => call.Length);
        Assert.InRange(read, 1, (mostWindows == 1 ? 8L : 24L) * a.Length);
        Assert.InRange(redo.Flushes, 1, mostWindows);
        Assert.InRange(target.Log.Count(call => call.Call == DiskCall.Flush), 1, mostWindows + 4);
    }

    private static void IsRefused<T>(byte[] a, byte[] dataFile)
        where T : Exception
    {
        foreach (bool isDry in (bool[])[true, false])
        {
            FakeStorage target = FakeStorage.File(a);
            T refused = Assert.ThrowsAny<T>(
                () => { FourSteps.Apply(target, dataFile, new ApplySpecification { DryRun = isDry }); });

            Assert.True(refused is MessageFormatException or SyncException, $"{refused}");
            Assert.Empty(target.Changes);
            Assert.Equal(a, target.Content);
        }
    }

    private static FormatError MessageError(Action act) => Assert.Throws<MessageFormatException>(act).Error;

    // A copy of two blocks that are overwritten later than this one, or never.
    private static int Later(int[] ranks, int block)
    {
        Random random = new(block);
        for (int tries = 0; tries < 200; tries++)
        {
            int source = random.Next(ranks.Length - 1);
            if ((source == block || ranks[source] > ranks[block]) && (source + 1 == block || ranks[source + 1] > ranks[block]))
            {
                return source;
            }
        }

        return ranks.Length;
    }

    private static int[] Ranks(int count)
    {
        int[] ranks = [.. Enumerable.Range(0, count)];
        new Random(5).Shuffle(ranks);
        return ranks;
    }

    private static byte[] DataFile(byte[] a, byte[] b) => FourSteps.Data(
        FakeStorage.File(b),
        FourSteps.RequestWithShifts(a, b, FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(b), How)));

    private static byte[] Request(byte[] a, byte[] b, IReadOnlyList<CopyRun> copies, ChecksumSpecification? how = null)
    {
        using MemoryStream output = new();
        DataRequestOperation.RunWithCopies(
            new ChecksumSource(new MemoryStream(FourSteps.Checksums(FakeStorage.File(a), how ?? How)), "remote.ckf"),
            new ChecksumSource(new MemoryStream(FourSteps.Checksums(FakeStorage.File(b), how ?? How)), "master.ckf"),
            _ => new FixedSearch(copies),
            null,
            output,
            new SyncOptions());
        return output.ToArray();
    }

    private static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class FixedSearch(IReadOnlyList<CopyRun> copies) : ICopySearch
    {
        public long BlocksLeftOut => 0;

        public IReadOnlyList<CopyRun> Find() => copies;
    }

    // Counts how often a copy is looked at.
    private sealed class CountingList(CopyRun[] copies) : IReadOnlyList<CopyRun>
    {
        public long Looks { get; private set; }

        public int Count => copies.Length;

        public CopyRun this[int index]
        {
            get
            {
                Looks++;
                return copies[index];
            }
        }

        public CopyRun At(int index) => copies[index];

        public IEnumerator<CopyRun> GetEnumerator() => ((IEnumerable<CopyRun>)copies).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
