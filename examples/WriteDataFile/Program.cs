using BinarySync.Format;

// Makes the data file that turns one file into another of the same size: what "dtfile MASTER --remote" makes, without its threads.
if (args is not [string oldPath, string newPath, string output])
{
    Console.Error.WriteLine("usage: WriteDataFile OLD NEW FILE.dtf");
    return 2;
}

try
{
    using FileStream oldFile = File.OpenRead(oldPath);
    using FileStream newFile = File.OpenRead(newPath);
    if (oldFile.Length != newFile.Length)
    {
        Console.Error.WriteLine("the two files have different sizes");
        return 1;
    }

    // IsForward: there will be no copies and no repeats, so that the file can be applied as it arrives.
    DataFileHeader header = new()
    {
        BlockSize = FormatLimits.DefaultBlockSize,
        Hash = BlockHash.Xxh128,
        BaseSize = oldFile.Length,
        TargetSize = newFile.Length,
        FrameSize = FormatLimits.DefaultFrameSize,
        IsForward = true,
    };
    using FileStream file = File.Create(output);
    DataFileWriter writer = new(file, header);

    // The packer decides where a group of operations ends. It closes a group when the block that is being added has no room in it any
    // more, and the last one in Finish: then it calls back. The content of the group is that of the data blocks added before.
    // The block that is being added is the first of the next group.
    MemoryStream content = new();
    OperationPacker packer = new(header, group =>
    {
        writer.WriteGroup(group);
        WriteFrames(writer, content.GetBuffer().AsSpan(0, (int)content.Length), header.FrameSize);
        content.SetLength(0);
    });

    BlockGeometry geometry = header.SyncGeometry.Target;
    Side old = new(oldFile, geometry, header);
    Side @new = new(newFile, geometry, header);
    for (long block = 0; block < geometry.BlockCount; block++)
    {
        old.Read(block);
        @new.Read(block);
        if (old.IsZero ? @new.IsZero : !@new.IsZero && old.Hash.SequenceEqual(@new.Hash))
        {
            continue;
        }

        packer.Add(
            new BlockRun(block, 1),
            @new.IsZero ? NewKind.Zero : NewKind.Data,
            old.IsZero ? OldKind.Zero : OldKind.Hashed,
            old.IsZero ? [] : old.Hash,
            @new.IsZero ? [] : @new.Hash);
        if (!@new.IsZero)
        {
            content.Write(@new.Bytes); // after Add, which may have closed the group before this block
        }
    }

    packer.Finish();
    writer.Finish(old.Root.Finish(), @new.Root.Finish());
    return 0;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

// Frames are full but for the last one of a group.
static void WriteFrames(DataFileWriter writer, ReadOnlySpan<byte> content, int frameSize)
{
    byte[] stored = new byte[frameSize];
    while (!content.IsEmpty)
    {
        ReadOnlySpan<byte> frame = content[..Math.Min(frameSize, content.Length)];
        int length = Compression.DefaultLZ4.Compress(frame, stored);
        if (length > 0)
        {
            writer.WriteFrame(FrameCodec.LZ4, frame.Length, stored.AsSpan(0, length));
        }
        else
        {
            writer.WriteFrame(FrameCodec.None, frame.Length, frame); // it does not shrink
        }

        content = content[frame.Length..];
    }
}

/// <summary>One of the two files, block by block.</summary>
sealed class Side(Stream input, BlockGeometry geometry, MessageHeader header)
{
    private readonly byte[] _buffer = new byte[geometry.BlockSize];
    private readonly byte[] _hash = new byte[header.Hash.Length];
    private int _length;

    /// <summary>The identity of all of it.</summary>
    public RootBuilder Root { get; } = new(geometry, header.Hash, BlockCoverage.Whole);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public ReadOnlySpan<byte> Hash => _hash;

    public bool IsZero { get; private set; }

    public void Read(long block)
    {
        _length = geometry.LengthOf(block); // the last block may be short
        input.ReadExactly(_buffer, 0, _length);
        IsZero = ZeroBlocks.IsZero(Bytes);
        header.Hash.Hash(Bytes, _hash);
        if (IsZero)
        {
            Root.AddZeros(new BlockRun(block, 1));
        }
        else
        {
            Root.AddData(new BlockRun(block, 1), _hash);
        }
    }
}
