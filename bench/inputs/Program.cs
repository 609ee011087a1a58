using BinarySync.Bench.Inputs;

const int Done = 0;
const int WrongUsage = 2;
const int WriteFailed = 5;

if (args.Contains("-h") || args.Contains("--help"))
{
    Console.Out.WriteLine(InputOptions.Usage);
    return Done;
}

try
{
    InputOptions options = InputOptions.Parse(args);
    ChecksumPair pair = new(options.Blocks, options.Differing, options.RunLength, options.Seed);
    using FileStream remote = new(options.OutputRemote, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    using FileStream master = new(options.OutputMaster, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    pair.Write(remote, master);
    Console.Out.WriteLine(
        $"{options.Blocks} blocks of {ChecksumPair.BlockSize} bytes, {pair.DifferingBlocks} differ in {pair.DifferingRuns} runs");
    return Done;
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"inputs: error: {wrong.Message}");
    Console.Error.WriteLine(InputOptions.Usage);
    return WrongUsage;
}
catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"inputs: error: {failed.Message}");
    return WriteFailed;
}
