using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests;

/// <summary>Content that is needed several times is sent once (Format.md 8.1).</summary>
public sealed class RepeatTests
{
    private const int Block = 512;
    private const int Frame = FormatLimits.MinFrameSize;

    private static readonly Compression[] Compressions =
        [Compression.None, Compression.DefaultLZ4, new(FrameCodec.LZ4, 9), new(FrameCodec.Brotli, 1), new(FrameCodec.Brotli, 5),
            new(FrameCodec.Zstd, 3)];

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    [InlineData(Frame)]
    public void What_repeats_a_lot_is_synchronised(int blockSize)
    {
        Random random = new(blockSize);
        for (int i = 0; i < 20; i++)
        {
            byte[] a = i % 3 == 0 ? [] : Patchwork(random, blockSize, random.Next(12 * Frame));
            byte[] b = Patchwork(random, blockSize, random.Next(12 * Frame));
            Compression compression = Compressions[i % Compressions.Length];
            DataFileSpecification how = new() { FrameSize = Frame, Compression = compression };
            byte[] request = RequestOf(a, b, blockSize);
            byte[] dataFile = FourSteps.Data(FakeStorage.File(b), request, how, threads: 1);

            Assert.Equal(dataFile, FourSteps.Data(FakeStorage.File(b), request, how, threads: 4));
            Assert.True(dataFile.Length <= FourSteps.Data(FakeStorage.File(b), request, how with { Repeats = false }).Length);
            FakeStorage target = FakeStorage.File(a);
            FourSteps.Apply(target, dataFile, threads: 1 + (i % 4));
            Assert.Equal(b, target.Content);
        }
    }

    [Fact]
    public void What_is_needed_five_times_is_sent_once()
    {
        byte[] chunk = Bytes(1, 10 * Frame);
        byte[] b = [.. chunk, .. chunk, .. chunk, .. chunk, .. chunk];
        (byte[] dataFile, DataFileResult made) = Make([], b);

        // Hashes are sent for every block.
        Assert.InRange(dataFile.Length, chunk.Length, chunk.Length + (b.Length / Block * 16) + 4096);
        Assert.Equal(chunk.Length / Block * 4, made.RepeatedBlocks);
        Assert.Equal(Enumerable.Repeat(FrameCodec.None, 10).Concat(Enumerable.Repeat(FrameCodec.Repeats, 40)), CodecsOf(dataFile));
        Assert.Equal(b, Applied([], dataFile));
    }

    [Fact]
    public void Without_repeats_it_is_sent_each_time()
    {
        byte[] chunk = Bytes(1, 2 * Frame);
        (byte[] dataFile, DataFileResult made) = Make(
            [], [.. chunk, .. chunk], new DataFileSpecification { FrameSize = Frame, Repeats = false });

        Assert.Equal(0, made.RepeatedBlocks);
        Assert.DoesNotContain(FrameCodec.Repeats, CodecsOf(dataFile));
    }

    // With frames of 2 MiB, so that more than 16 others could be worth it.
    [Fact]
    public void A_frame_refers_to_16_frames_at_most_those_with_the_most_of_it()
    {
        const int Large = 2 << 20;
        const int Part = 64 << 10;
        byte[] b = Bytes(1, 20 * Large);
        byte[] mixed = [.. Enumerable.Range(0, 20).SelectMany(
            frame => b[(frame * Large)..((frame * Large) + (frame == 3 ? 2 * Part : Part))])];
        DataFileSpecification how = new() { FrameSize = Large, Compression = Compression.None };
        (byte[] dataFile, DataFileResult made) = Make([], [.. b, .. mixed], how, 4096);

        Assert.Equal(17 * Part / 4096, made.RepeatedBlocks);
        FramePieces pieces = LastPieces(dataFile);
        Assert.Equal(16, pieces.Frames.Count);
        Assert.Contains(pieces.Pieces, piece => !piece.IsLiteral && piece.Length == 2 * Part);
        Assert.Equal([.. b, .. mixed], Applied([], dataFile));
    }

    [Fact]
    public void Less_than_a_sixteenth_of_a_frame_is_not_worth_another_one()
    {
        byte[] first = Bytes(1, Frame);
        Assert.Equal(0, Make([], [.. first, .. Bytes(2, Frame), .. first[..((Frame / 16) - Block)]]).Made.RepeatedBlocks);
        Assert.Equal(Frame / 16 / Block, Make([], [.. first, .. Bytes(2, Frame), .. first[..(Frame / 16)]]).Made.RepeatedBlocks);
    }

    [Fact]
    public void Blocks_larger_than_a_frame_are_sent_each_time()
    {
        byte[] chunk = Bytes(1, 2 * Frame);
        byte[] b = [.. chunk, .. chunk];
        (byte[] dataFile, DataFileResult made) = Make([], b, blockSize: 2 * Frame);

        Assert.Equal(0, made.RepeatedBlocks);
        Assert.Equal(b, Applied([], dataFile));
    }

    [Fact]
    public void A_pattern_is_left_to_the_compression()
    {
        byte[] pattern = [.. Enumerable.Range(1, 8).SelectMany(letter => Enumerable.Repeat((byte)letter, Block))];
        byte[] b = [.. Bytes(1, Frame - pattern.Length), .. pattern, .. pattern, .. Bytes(2, Frame)];
        Assert.Equal(0, Make([], b).Made.RepeatedBlocks);

        // Stored, it would not be small.
        Assert.Equal(8, Make([], b, new DataFileSpecification { FrameSize = Frame, Compression = Compression.None }).Made.RepeatedBlocks);
    }

    [Fact]
    public void What_comes_when_the_table_is_full_is_sent_each_time()
    {
        byte[] first = Bytes(1, Frame);
        byte[] second = Bytes(2, 64 * Frame);
        byte[] b = [.. first, .. second, .. first, .. second];

        // 1,024 entries, of which three quarters are used: the first frame has 128 blocks, the others 8,192.
        DataFileSpecification how = new() { FrameSize = Frame, RepeatIndexBytes = 1024 * 24 };
        (byte[] dataFile, DataFileResult made) = Make([], b, how);

        Assert.Equal(768, made.RepeatedBlocks);
        Assert.Equal(dataFile, FourSteps.Data(FakeStorage.File(b), RequestOf([], b, Block), how, threads: 4));
        Assert.Equal(b, Applied([], dataFile));
    }

    // The first 512 blocks are read to be sent; when the last ones are compared with them, they are others. The hashes are those of the
    // request all the same.
    [Fact]
    public void What_only_has_the_same_hash_is_sent_as_it_is()
    {
        byte[] chunk = Bytes(1, Frame);
        byte[] b = [.. chunk, .. Bytes(2, 4 * Frame), .. chunk];
        byte[] request = RequestOf([], b, Block);
        FakeStorage master = FakeStorage.File(b);
        bool wasRead = false;
        master.Before = call =>
        {
            // With one thread the frames are read in order; a second look at the first one is the comparison.
            if (call.Call == DiskCall.Read && call.Offset == 0)
            {
                if (wasRead)
                {
                    master.Cache.Write(new byte[3 * Block], Block);
                }

                wasRead = true;
            }
        };
        DataFileSpecification how = new() { FrameSize = Frame, Live = true };
        byte[] dataFile = FourSteps.Data(master, request, how, threads: 1);

        FramePieces pieces = LastPieces(dataFile);
        Assert.Equal(
            [(0, Block, true), (Block, 3 * Block, false), (4 * Block, Frame - (4 * Block), true)],
            pieces.Pieces.Select(piece => (piece.At, piece.Length, !piece.IsLiteral)));
        Assert.Equal(b, Applied([], dataFile));
    }

    [Fact]
    public void A_request_that_claims_equal_hashes_is_refused()
    {
        byte[] b = Bytes(1, 3 * Frame);
        byte[] claimed = [.. b];
        b.AsSpan(0, Block).CopyTo(claimed.AsSpan(2 * Frame));
        byte[] request = RequestOf([], claimed, Block);

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Data(FakeStorage.File(b), request));

        Assert.Equal(SyncError.SourceChanged, refused.Error);
        Assert.Equal([new BlockRun(2 * Frame / Block, 1)], refused.Ranges);
    }

    [Fact]
    public void A_data_file_that_cannot_be_sought_in_is_refused_with_repeats()
    {
        byte[] chunk = Bytes(1, Frame);
        FakeStorage target = FakeStorage.File([]);
        PatchSource pipe = new(new MemoryStream(Make([], [.. chunk, .. chunk]).DataFile), "update.dtf");

        MessageFormatException refused = Assert.Throws<MessageFormatException>(
            () => ApplyOperation.Run(target, pipe, FourSteps.Places(), new ApplySpecification(), new SyncOptions()));

        Assert.Equal(FormatError.Unsupported, refused.Error);
        Assert.Empty(target.Content);
    }

    [Fact]
    public void An_undo_file_has_no_repeats()
    {
        byte[] chunk = Bytes(1, 2 * Frame);
        byte[] a = [.. chunk, .. chunk];
        FakeStorage target = FakeStorage.File(a);
        FakeUndoPlace undo = new();
        byte[] dataFile = FourSteps.DataFile(a, Bytes(2, a.Length));

        ApplyOperation.Run(target, FourSteps.Patch(dataFile), FourSteps.Places(undo: undo), new ApplySpecification(), new SyncOptions());

        Assert.DoesNotContain(FrameCodec.Repeats, CodecsOf(undo.Content!));
        FourSteps.Apply(target, undo.Content!);
        Assert.Equal(a, target.Content);
    }

    // Pieces of a few chunks, whole and in parts, in any order, with zeros and new content between them.
    private static byte[] Patchwork(Random random, int blockSize, int length)
    {
        byte[][] chunks = [.. Enumerable.Range(0, 3).Select(
            i => Bytes(7 + i, blockSize * random.Next(1, Math.Max(2, 2 * Frame / blockSize))))];
        using MemoryStream content = new();
        while (content.Length < length)
        {
            byte[] chunk = chunks[random.Next(chunks.Length)];
            int from = random.Next(chunk.Length / blockSize) * blockSize;
            byte[] next = random.Next(8) switch
            {
                0 => new byte[blockSize],
                1 => Bytes(random.Next(), blockSize),
                2 => Bytes(random.Next(), random.Next(blockSize)),
                _ => chunk[from..(from + (random.Next(1, ((chunk.Length - from) / blockSize) + 1) * blockSize))],
            };
            content.Write(next);
        }

        return content.ToArray()[..length];
    }

    private static byte[] RequestOf(byte[] a, byte[] b, int blockSize)
    {
        ChecksumSpecification how = new() { BlockSize = blockSize };
        return FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
    }

    private static (byte[] DataFile, DataFileResult Made) Make(byte[] a, byte[] b, DataFileSpecification? how = null, int blockSize = Block)
    {
        using MemoryStream output = new();
        OperationReader reader = new(new MemoryStream(RequestOf(a, b, blockSize)), "update.dtr", MessageKind.DataRequest);
        DataFileResult made = DataFileOperation.Run(
            FakeStorage.File(b), reader, how ?? new DataFileSpecification { FrameSize = Frame }, output, new SyncOptions());
        return (output.ToArray(), made);
    }

    private static byte[] Applied(byte[] a, byte[] dataFile)
    {
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, dataFile);
        return target.Content;
    }

    private static List<FrameCodec> CodecsOf(byte[] dataFile)
    {
        List<FrameCodec> codecs = [];
        ForEachFrame(dataFile, reader => codecs.Add(reader.Frame.Codec));
        return codecs;
    }

    private static FramePieces LastPieces(byte[] dataFile)
    {
        FramePieces pieces = new();
        ForEachFrame(
            dataFile, reader => pieces = reader.Frame.Codec == FrameCodec.Repeats ? reader.ExchangePieces(new FramePieces()) : pieces);
        return pieces;
    }

    private static void ForEachFrame(byte[] dataFile, Action<OperationReader> look)
    {
        OperationReader reader = new(new MemoryStream(dataFile), "update.dtf", MessageKind.DataFile);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            while (reader.ReadFrame(out _))
            {
                look(reader);
            }
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
