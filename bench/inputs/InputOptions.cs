using System.Globalization;

namespace BinarySync.Bench.Inputs;

/// <summary>The command line.</summary>
internal sealed record InputOptions
{
    public const string Usage =
        "usage: inputs checksums --blocks N --differing SHARE [--run-length N] [--seed N] --output-remote A.ckf --output-master B.ckf "
            + "(SHARE: 0.01 or 1%)";

    private const string Command = "checksums";
    private const long MostBlocks = FormatLimits.MaxSize / ChecksumPair.BlockSize;
    private const int LongestRun = 1 << 20;

    /// <summary>Blocks of each of the two.</summary>
    public long Blocks { get; private init; }

    /// <summary>The part of them that differs, 0 to 1.</summary>
    public double Differing { get; private init; } = double.NaN;

    /// <summary>Mean length of a run of blocks that differ.</summary>
    public int RunLength { get; private init; } = 8;

    /// <summary>Equal seeds, equal bytes.</summary>
    public ulong Seed { get; private init; } = 1;

    public string OutputRemote { get; private init; } = "";

    public string OutputMaster { get; private init; } = "";

    /// <summary>Takes the arguments apart.</summary>
    /// <exception cref="FormatException">What is wrong, for the person.</exception>
    public static InputOptions Parse(string[] arguments)
    {
        if (arguments is not [Command, ..])
        {
            throw new FormatException($"the first word is what to make: {Command}");
        }

        InputOptions options = new();
        for (int i = 1; i < arguments.Length; i += 2)
        {
            string name = arguments[i];
            if (i + 1 == arguments.Length)
            {
                throw new FormatException($"{name} has no value");
            }

            options = options.With(name, arguments[i + 1]);
        }

        string? missing = options.Blocks == 0 ? "--blocks"
            : double.IsNaN(options.Differing) ? "--differing"
            : options.OutputRemote.Length == 0 ? "--output-remote"
            : options.OutputMaster.Length == 0 ? "--output-master"
            : null;
        if (missing is not null)
        {
            throw new FormatException($"{missing} is missing");
        }

        return Path.GetFullPath(options.OutputRemote) != Path.GetFullPath(options.OutputMaster)
            ? options
            : throw new FormatException($"{options.OutputRemote} cannot be both outputs");
    }

    private InputOptions With(string name, string value) => name switch
    {
        "--blocks" => this with { Blocks = Number(name, value, 1, MostBlocks) },
        "--differing" => this with { Differing = Share(name, value) },
        "--run-length" => this with { RunLength = (int)Number(name, value, 1, LongestRun) },
        "--seed" => this with { Seed = (ulong)Number(name, value, 0, long.MaxValue) },
        "--output-remote" => this with { OutputRemote = value },
        "--output-master" => this with { OutputMaster = value },
        _ => throw new FormatException($"there is no option \"{name}\""),
    };

    private static long Number(string name, string value, long least, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} {value} is not a number from {least} to {most}");

    private static double Share(string name, string value)
    {
        bool percent = value.EndsWith('%');
        return double.TryParse(
            percent ? value[..^1] : value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && (percent ? number / 100 : number) is >= 0 and <= 1 and double share
            ? share
            : throw new FormatException($"{name} {value} is not a share from 0 to 1, nor from 0% to 100%");
    }
}
