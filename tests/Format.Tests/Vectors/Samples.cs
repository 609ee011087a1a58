using System.Security.Cryptography;

namespace BinarySync.Format.Tests.Vectors;

/// <summary>
/// The messages of one tiny sync, which Format.md 12 shows: blocks of 512 bytes; A has three, B has three and a half. Block 0 stays,
/// block 1 becomes zeros, block 2 changes, block 3 is new and short.
/// </summary>
internal static class Samples
{
    public const int BlockSize = 512;

    /// <summary>'a', 'b' and 'c', 512 times each.</summary>
    public static readonly byte[] A = [.. Filled('a', BlockSize), .. Filled('b', BlockSize), .. Filled('c', BlockSize)];

    /// <summary>'a', zeros and 'd', 512 times each, and 256 times 'e'.</summary>
    public static readonly byte[] B = [
        .. Filled('a', BlockSize), .. new byte[BlockSize], .. Filled('d', BlockSize), .. Filled('e', BlockSize / 2)];

    /// <summary>
    /// The content of a data file from A to B as an LZ4 block, put together by hand: no encoder's next version changes it.
    /// </summary>
    public static readonly byte[] ContentInLZ4 = Hex.Bytes("1F 64 01 00 FF ED  1F 65 01 00 E7  50 65 65 65 65 65");

    /// <summary>The same as a Brotli stream, as the reference tool gave it at quality 5.</summary>
    public static readonly byte[] ContentInBrotli = Hex.Bytes("A1 F8 17 00 20 45 56 56 8B 31 56 00 32 57 B9 00");

    /// <summary>The same as a Zstandard frame, as the reference tool gave it at level 3, without a checksum.</summary>
    public static readonly byte[] ContentInZstd = Hex.Bytes("28 B5 2F FD 60 00 02  6D 00 00 18 64 64 65 02 00 7C 40 89 7D 15 60 01");

    public static MessageForge OfKind(MessageKind kind) => kind switch
    {
        MessageKind.ChecksumRequest => ChecksumRequest(),
        MessageKind.ChecksumFile => ChecksumFile(),
        MessageKind.DataRequest => DataRequest(),
        _ => DataFile(),
    };

    public static MessageForge ChecksumRequest() => ChecksumRequest(BlockHash.Xxh3);

    public static MessageForge ChecksumRequest(BlockHash hash, BlockCoverage? coverage = null, string? label = null) =>
        Forge(output => new MessageWriter(
            output,
            new ChecksumRequestHeader
            {
                BlockSize = BlockSize,
                Hash = hash,
                Coverage = coverage ?? BlockCoverage.Whole,
                Label = label,
            }).Finish(new MessageTrailer()));

    /// <summary>The checksum file of B.</summary>
    public static MessageForge ChecksumFile() => ChecksumFile(B, BlockHash.Xxh3);

    public static MessageForge ChecksumFile(
        byte[] target, BlockHash hash, BlockCoverage? coverage = null, string? label = null, int blockSize = BlockSize, bool sums = false)
    {
        BlockGeometry geometry = new(target.Length, blockSize);
        ChecksumFileHeader header = new()
        {
            BlockSize = blockSize,
            Hash = hash,
            Size = target.Length,
            Coverage = (coverage ?? BlockCoverage.Whole).ClipTo(geometry.BlockCount),
            Label = label,
            HasRollingSums = sums,
        };
        return Forge(output =>
        {
            using ChecksumFileWriter writer = new(output, header);
            foreach (BlockRun run in header.Coverage.RunsIn(geometry.BlockCount))
            {
                for (long block = run.First; block < run.End; block++)
                {
                    if (ZeroBlocks.IsZero(BlockOf(target, geometry, block)))
                    {
                        writer.AddZeros(new BlockRun(block, 1));
                    }
                    else
                    {
                        writer.AddData(
                            new BlockRun(block, 1),
                            HashOf(target, geometry, hash, block),
                            sums ? Bits.U32(RollingSum.Of(BlockOf(target, geometry, block))) : []);
                    }
                }
            }

            writer.Finish();
        });
    }

    /// <summary>A checksum file of a target that nobody could hold: its runs are given, its hashes are made up.</summary>
    public static MessageForge MadeUpChecksumFile(
        long size, BlockHash hash, BlockCoverage coverage, params (long Count, bool IsZero)[] runs) => Forge(output =>
    {
        using ChecksumFileWriter writer = new(
            output, new ChecksumFileHeader { BlockSize = BlockSize, Hash = hash, Size = size, Coverage = coverage });
        Queue<(long Count, bool IsZero)> left = new(runs);
        foreach (BlockRun range in coverage.RunsIn(new BlockGeometry(size, BlockSize).BlockCount))
        {
            for (long next = range.First; next < range.End;)
            {
                (long count, bool isZero) = left.Dequeue();
                if (isZero)
                {
                    writer.AddZeros(new BlockRun(next, count));
                }
                else
                {
                    writer.AddData(
                        new BlockRun(next, count), [.. Enumerable.Range(0, (int)count * hash.Length).Select(i => (byte)(0xA0 + i))]);
                }

                next += count;
            }
        }

        writer.Finish();
    });

    /// <summary>The data request from A to B.</summary>
    public static MessageForge DataRequest() => DataRequest(A, B, BlockHash.Xxh3);

    public static MessageForge DataRequest(byte[] a, byte[] b, BlockHash hash, BlockCoverage? compared = null, string? label = null) =>
        Forge(output => WriteRequest(output, a, b, hash, compared ?? BlockCoverage.Whole, label));

    /// <summary>A data request from nothing to so many large blocks; its hashes and roots are made up.</summary>
    public static MessageForge MadeUpDataRequest(int blockSize, int blocks) => Forge(output =>
    {
        DataRequestWriter writer = new(
            output, new DataRequestHeader
            {
                BlockSize = blockSize,
                Hash = BlockHash.Xxh3,
                BaseSize = 0,
                TargetSize = (long)blockSize * blocks,
            });
        writer.Add(
            new BlockRun(0, blocks), NewKind.Data, OldKind.Absent, [], [.. Enumerable.Range(0, blocks * 8).Select(i => (byte)(0xA0 + i))]);
        writer.Finish(new byte[16], new byte[16]);
    });

    /// <summary>The data file from A to B, its content stored.</summary>
    public static MessageForge DataFile() => DataFile(A, B, BlockHash.Xxh3);

    public static MessageForge DataFile(
        byte[] a, byte[] b, BlockHash hash, BlockCoverage? compared = null, string? label = null, (
            FrameCodec Codec, byte[] Stored)? compressed = null, bool allowsZstd = false) =>
        Forge(output =>
        {
            using MemoryStream request = new();
            OperationsTrailer trailer = WriteRequest(request, a, b, hash, compared ?? BlockCoverage.Whole, label: null);
            request.Position = 0;
            OperationReader reader = new(request, "sample", MessageKind.DataRequest);
            DataFileHeader header = new(reader.Header, FormatLimits.MinFrameSize) { Label = label, AllowsZstd = allowsZstd };
            DataFileWriter writer = new(output, header);
            OperationGroup group = new();
            while (reader.ReadGroup(group))
            {
                writer.WriteGroup(group);
                byte[] content = [.. group.Operations.Where(operation => operation.New == NewKind.Data).SelectMany(
                    operation => BytesOf(b, reader.Geometry.Target, operation.Blocks))];
                foreach (byte[] frame in content.Chunk(FormatLimits.MinFrameSize))
                {
                    writer.WriteFrame(compressed?.Codec ?? FrameCodec.None, frame.Length, compressed?.Stored ?? frame);
                }
            }

            writer.Finish(trailer.BaseRoot, trailer.TargetRoot);
        });

    /// <summary>A request from A to B in which what A has elsewhere is copied, from the first block that has it.</summary>
    public static MessageForge CopyingRequest(byte[] a, byte[] b, BlockCoverage? compared = null) =>
        Forge(output => WriteRequest(output, a, b, BlockHash.Xxh3, compared ?? BlockCoverage.Whole, label: null, copies: true));

    /// <summary>As <see cref="CopyingRequest"/>, from the first byte that has it.</summary>
    public static MessageForge ShiftingRequest(byte[] a, byte[] b, BlockCoverage? compared = null) => Forge(
        output => WriteRequest(output, a, b, BlockHash.Xxh3, compared ?? BlockCoverage.Whole, label: null, copies: true, shifts: true));

    /// <summary>The data file of such a request, its content stored.</summary>
    public static MessageForge ShiftingDataFile(byte[] a, byte[] b) => CopyingDataFile(a, b, shifts: true);

    /// <summary>The data file of a request with copies, its content stored.</summary>
    public static MessageForge CopyingDataFile(byte[] a, byte[] b, bool shifts = false) => Forge(output =>
    {
        using MemoryStream request = new();
        OperationsTrailer trailer = WriteRequest(request, a, b, BlockHash.Xxh3, BlockCoverage.Whole, label: null, copies: true, shifts);
        request.Position = 0;
        OperationReader reader = new(request, "sample", MessageKind.DataRequest);
        DataFileWriter writer = new(output, new DataFileHeader(reader.Header, FormatLimits.MinFrameSize));
        OperationGroup group = new();
        Assert.True(reader.ReadGroup(group));
        BlockGeometry target = reader.Geometry.Target;
        writer.WriteGroup(
            group,
            group.Operations.Where(operation => operation.New == NewKind.Copy)
                .SelectMany(copy => SHA256.HashData(BytesOf(b, target, copy.Blocks)))
                .ToArray());
        byte[] content = [.. group.Operations.Where(operation => operation.New == NewKind.Data).SelectMany(
            operation => BytesOf(b, target, operation.Blocks))];
        writer.WriteFrame(FrameCodec.None, content.Length, content);
        writer.Finish(trailer.BaseRoot, trailer.TargetRoot);
    });

    public static byte[] Filled(char letter, int count) => [.. Enumerable.Repeat((byte)letter, count)];

    public static byte[] HashOf(byte[] target, BlockGeometry geometry, BlockHash hash, long block)
    {
        byte[] value = new byte[hash.Length];
        hash.Hash(BlockOf(target, geometry, block), value);
        return value;
    }

    private static MessageForge Forge(Action<Stream> write)
    {
        using MemoryStream output = new();
        write(output);
        return MessageDissector.Dissect(output.ToArray());
    }

    private static OperationsTrailer WriteRequest(
        Stream output, byte[] a, byte[] b, BlockHash hash, BlockCoverage compared, string? label, bool copies = false,
        bool shifts = false)
    {
        DataRequestHeader header = new()
        {
            BlockSize = BlockSize,
            Hash = hash,
            BaseSize = a.Length,
            TargetSize = b.Length,
            Coverage = compared,
            Label = label,
            AllowsShift = shifts,
        };
        SyncGeometry geometry = header.SyncGeometry;
        DataRequestWriter writer = new(output, header);
        foreach (BlockRun run in compared.RunsIn(geometry.Target.BlockCount))
        {
            for (long block = run.First; block < run.End; block++)
            {
                byte[] before = BlockOf(a, geometry.Base, block);
                byte[] after = BlockOf(b, geometry.Target, block);
                if (before.SequenceEqual(after))
                {
                    continue;
                }

                OldKind oldKind = before.Length == 0 ? OldKind.Absent : ZeroBlocks.IsZero(before) ? OldKind.Zero : OldKind.Hashed;
                NewKind newKind = ZeroBlocks.IsZero(after) ? NewKind.Zero : NewKind.Data;
                (long source, int shift) = copies && newKind == NewKind.Data ? SourceOf(after) : (-1, 0);
                writer.Add(
                    new BlockRun(block, 1), source >= 0 ? NewKind.Copy : newKind, oldKind,
                    oldKind == OldKind.Hashed ? HashOf(a, geometry.Base, hash, block) : [],
                    newKind == NewKind.Data ? HashOf(b, geometry.Target, hash, block) : [],
                    Math.Max(0, source),
                    shift);
            }
        }

        return writer.Finish(RootOf(a, hash, compared), RootOf(b, hash, compared));

        (long Source, int Shift) SourceOf(byte[] content)
        {
            if (shifts && a.AsSpan().IndexOf(content) is >= 0 and var offset)
            {
                return (geometry.Base.BlockAt(offset), offset % BlockSize);
            }

            for (long source = 0; source < geometry.Base.BlockCount; source++)
            {
                if (BlockOf(a, geometry.Base, source).SequenceEqual(content) && compared.Contains(new BlockRun(source, 1)))
                {
                    return (source, 0);
                }
            }

            return (-1, 0);
        }
    }

    private static byte[] RootOf(byte[] target, BlockHash hash, BlockCoverage compared)
    {
        BlockGeometry geometry = new(target.Length, BlockSize);
        BlockCoverage coverage = compared.ClipTo(geometry.BlockCount);
        using RootBuilder root = new(geometry, hash, coverage);
        foreach (BlockRun run in coverage.RunsIn(geometry.BlockCount))
        {
            for (long block = run.First; block < run.End; block++)
            {
                if (ZeroBlocks.IsZero(BlockOf(target, geometry, block)))
                {
                    root.AddZeros(new BlockRun(block, 1));
                }
                else
                {
                    root.AddData(new BlockRun(block, 1), HashOf(target, geometry, hash, block));
                }
            }
        }

        return root.Finish();
    }

    private static byte[] BlockOf(byte[] target, BlockGeometry geometry, long block) => BytesOf(target, geometry, new BlockRun(block, 1));

    private static byte[] BytesOf(byte[] target, BlockGeometry geometry, BlockRun run) =>
        [.. target.Skip((int)geometry.OffsetOf(run.First)).Take((int)run.Count * geometry.BlockSize)];
}
