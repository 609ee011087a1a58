using BinarySync.Format;

// Lists what a checksum file says: which blocks are data, which are zeros, and the root of it all.
if (args is not [string path])
{
    Console.Error.WriteLine("usage: ReadChecksums FILE.ckf");
    return 2;
}

try
{
    using FileStream input = File.OpenRead(path);
    using ChecksumFileReader reader = new(input, path);
    Console.WriteLine($"{reader.Geometry.Size} bytes in blocks of {reader.Geometry.BlockSize}, {reader.Header.Hash.Name}");

    // The runs of a file end at its sections' ends as well; neighbours of one kind are one extent.
    (BlockRun Blocks, bool IsZero) extent = default;
    while (reader.ReadRun(out ChecksumRun run))
    {
        bool continues = extent.Blocks.Count > 0 && extent.IsZero == run.IsZero && extent.Blocks.End == run.Blocks.First;
        if (!continues)
        {
            Show(extent.Blocks, extent.IsZero);
        }

        extent = (continues ? BlockRun.Between(extent.Blocks.First, run.Blocks.End) : run.Blocks, run.IsZero);
    }

    Show(extent.Blocks, extent.IsZero);
    Console.WriteLine($"root {Convert.ToHexStringLower(reader.Trailer.Root.Span)}");
    return 0;
}
catch (Exception exception) when (exception is MessageFormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static void Show(BlockRun blocks, bool isZero)
{
    if (blocks.Count > 0)
    {
        Console.WriteLine($"{(isZero ? "zero" : "data")}  {blocks}");
    }
}
