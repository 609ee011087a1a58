using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Disks;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;
using BinarySync.Sync.Splitting;

namespace BinarySync.Cli.Arguments;

/// <summary>
/// The option types that several commands share: each is declared, described and checked here once. An option that is not given is null.
/// Its description says what that means, since the help would show the default as the runtime writes the value.
/// </summary>
public static class OptionValues
{
    public static Option<int?> BlockSize() => new("--block-size", "-b")
    {
        Description = $"The block size in bytes: a power of two from {FormatLimits.MinBlockSize} to 64M [default: 4K]",
        HelpName = "SIZE",
        CustomParser = result => Parse(result, text =>
        {
            if (!SizeText.TryParse(text, out long size))
            {
                return Fail<int?>(result, $"'{text}' is not a size; write 4096, 4K or 1M");
            }

            return FormatLimits.IsBlockSize(size)
                ? (int)size
                : Fail<int?>(result, $"block size {size} is not a power of two from 512 to 64M; the nearest is {NearestBlockSize(size)}");
        }),
    };

    public static Option<string?> Hash()
    {
        string[] names = [.. BlockHash.All.Select(hash => hash.Name)];
        Option<string?> option = new("--hash", "-a")
        {
            Description = "The block hash. Anyone can construct two different blocks with the same xxh128 or xxh3. "
                + "If others can write to the target (a guest, a database user), they can hide a change: "
                + "use blake3 (with blocks of 16K or more) or sha256. xxh3 takes half the size [default: xxh128]",
            HelpName = string.Join('|', names),
        };
        option.CustomParser = result => result.Tokens[0].Value.ToLowerInvariant();
        return AllowOnly(option, "a hash", StringComparison.OrdinalIgnoreCase, names);
    }

    public static Option<BlockRun[]> Range() => new("--range")
    {
        Description = "Only these blocks, numbered from 0, both ends included; FIRST- goes to the end; may be repeated",
        HelpName = "FIRST-LAST",
        CustomParser = result => ParseAll(result, text => RangeText.TryParseBlocks(text, out BlockRun range)
            ? range
            : Fail<BlockRun>(result, RangeText.IsTurnedRound(text)
                ? $"the range '{text}' ends before it begins"
                : $"'{text}' is not a range of blocks; write FIRST-LAST, FIRST- or FIRST, and --range once for each")),
    };

    /// <summary>Ranges in bytes; their blocks are known with the block size.</summary>
    public static Option<(long Offset, long Length)[]> Bytes() => new("--bytes")
    {
        Description = "Only the blocks that these bytes touch; may be repeated",
        HelpName = "OFFSET+LENGTH",
        CustomParser = result => ParseAll(result, text => RangeText.TryParseBytes(text, out (long Offset, long Length) range)
            ? range
            : Fail<(long, long)>(result, RangeText.IsWithoutBytes(text)
                ? $"the range '{text}' has no bytes"
                : $"'{text}' is not a range of bytes; write OFFSET+LENGTH")),
    };

    public static Option<string?> Label()
    {
        Option<string?> option = new("--label") { Description = "A text to store in the file", HelpName = "TEXT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && (Fault(result.Tokens[0].Value) ?? MessageHeader.LabelFault(result.Tokens[0].Value)) is { } fault)
            {
                result.AddError($"the label {fault}");
            }
        });
        return option;
    }

    // Bytes of the command line that are not UTF-8 are allowed in names of files only.
    private static string? Fault(string label) =>
        System.Text.Encoding.UTF8.GetString(PathText.Encode(label)) == label ? null : "is not UTF-8 text";

    /// <summary>The output file; '-' is standard output.</summary>
    public static Option<string?> Output(string name, bool required = false) => new("--output", "-o")
    {
        Description = "The file to write; '-' is standard output",
        HelpName = name,
        Required = required,
    };

    public static Option<bool> Force() => new("--force", "-f") { Description = "Replace an existing output" };

    public static Option<bool> Live() => new("--live") { Description = "Continue if the source changes while it is read" };

    public static Option<HolePolicy?> Holes() => new("--holes")
    {
        Description = "Trust the holes of a sparse file to be zeros, or read them [default: trust]",
        HelpName = "trust|read",
        CustomParser = Choice(("trust", HolePolicy.Trust), ("read", HolePolicy.Read)),
    };

    public static Option<ReadErrorPolicy?> ReadErrors() => new("--read-errors")
    {
        Description = "Stop at blocks that cannot be read, or leave them out and list them (exit 1) [default: stop]",
        HelpName = "stop|skip",
        CustomParser = Choice(("stop", ReadErrorPolicy.Stop), ("skip", ReadErrorPolicy.Skip)),
    };

    public static Option<Compression?> Compress() => new("--compress", "-c")
    {
        Description = "The compression of the content, and its level [default: zstd:2]",
        HelpName = CompressionText.Choices,
        CustomParser = result => Parse<Compression?>(result, text => CompressionText.TryParse(text, out Compression compression)
            ? compression
            : Fail<Compression?>(result, $"'{text}' is not a compression; choose one of {CompressionText.Allowed}")),
    };

    public static Option<VerifyMode?> Verify() => new("--verify")
    {
        Description = "Read back and compare nothing, the patched blocks, or the whole target [default: written]",
        HelpName = "none|written|full",
        CustomParser = Choice(("none", VerifyMode.None), ("written", VerifyMode.Written), ("full", VerifyMode.Full)),
    };

    public static Option<SparseMode?> Sparse() => new("--sparse")
    {
        Description = "Turn blocks of zeros into holes of a file: only if it has holes already, always, or never [default: auto]",
        HelpName = "auto|always|never",
        CustomParser = Choice(("auto", SparseMode.Auto), ("always", SparseMode.Always), ("never", SparseMode.Never)),
    };

    public static Option<long?> LimitRate(bool writes) => new("--limit-rate")
    {
        Description = writes
            ? "The most bytes per second to read from the target, and the most to write to it: 64K or more [default: no limit]"
            : "The most bytes per second to read: 64K or more [default: no limit]",
        HelpName = "SIZE",
        CustomParser = result => Parse(result, text => !SizeText.TryParse(text, out long rate)
            ? Fail<long?>(result, $"'{text}' is not a size; write 50M or 1G")
            : rate >= RateLimiter.MinBytesPerSecond
                ? rate
                : Fail<long?>(result, $"the rate '{text}' is too low; give 64K (bytes per second) or more")),
    };

    public static Option<CachePolicy?> Cache() => new("--cache")
    {
        Description =
            "Keep data that is read once in the page cache, or drop it; auto drops it for a device, and for a file larger than half of the "
                + "memory [default: auto]",
        HelpName = "auto|keep|drop",
        CustomParser = Choice(("auto", CachePolicy.Auto), ("keep", CachePolicy.Keep), ("drop", CachePolicy.Drop)),
    };

    /// <summary>The largest length of a part's file.</summary>
    public static Option<long?> Split() =>
        Split(
            "Make a set of data files instead of one, each at most this long: 16M or more; fat32 is 4 GiB less one byte",
            SplitOperation.LeastPart,
            "16M");

    /// <summary>The largest length of a checksum file.</summary>
    public static Option<long?> SplitChecksums() =>
        Split(
            "Make several checksum files instead of one, each at most this long: 1M or more; fat32 is 4 GiB less one byte. 'ckfile join' "
                + "joins them",
            ChecksumSplit.LeastPart,
            "1M");

    private static Option<long?> Split(string description, long least, string leastText) => new("--split")
    {
        Description = description,
        HelpName = "SIZE|fat32",
        CustomParser = result => Parse(result, text => text.Equals("fat32", StringComparison.OrdinalIgnoreCase)
            ? SplitOperation.Fat32
            : !SizeText.TryParse(text, out long size)
                ? Fail<long?>(result, $"'{text}' is not a size; write 700M, 4G or fat32")
                : size >= least
                    ? size
                    : Fail<long?>(result, $"parts of '{text}' are too short; give {leastText} or more")),
    };

    public static Option<int?> Part() => new("--part")
    {
        Description = "Make only this part of the set, the same as if all were made",
        HelpName = "N",
        CustomParser = Number(1, FormatLimits.MaxParts),
    };

    public static Option<bool> Extents() => new("--extents") { Description = "List the runs of blocks" };

    /// <summary>
    /// One or more files before a last one: the parser gives all of them to this argument. Use it with <see cref="RequireLast"/>.
    /// </summary>
    public static Argument<string[]> Files(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The last one.</summary>
    public static Argument<string?> LastFile(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Demands at least one file, and the last one.</summary>
    public static void RequireLast(Command command, Argument<string[]> files, Argument<string?> last) => command.Validators.Add(result =>
    {
        int given = result.GetResult(files)?.Tokens.Count ?? 0;
        if (given == 0)
        {
            result.AddError($"Required argument '{files.Name}' missing");
        }

        if (given < 2)
        {
            result.AddError($"Required argument '{last.Name}' missing");
        }
    });

    /// <summary>A number within limits.</summary>
    internal static Func<ArgumentResult, int?> Number(int least, int most) => result => Parse<int?>(result, text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : Fail<int?>(result, $"'{text}' is not a number from {least} to {most}"));

    /// <summary>Refuses all but some texts, in one line that names them.</summary>
    internal static Option<T> AllowOnly<T>(Option<T> option, string what, params string[] allowed) =>
        AllowOnly(option, what, StringComparison.Ordinal, allowed);

    private static Option<T> AllowOnly<T>(Option<T> option, string what, StringComparison comparison, params string[] allowed)
    {
        option.Validators.Add(result =>
        {
            foreach (string text in result.Tokens.Select(token => token.Value)
                .Where(text => !allowed.Any(one => one.Equals(text, comparison))))
            {
                result.AddError($"'{text}' is not {what}; choose one of {string.Join(", ", allowed)}");
            }
        });
        return option;
    }

    private static Func<ArgumentResult, T?> Choice<T>(params (string Name, T Value)[] choices)
        where T : struct => result => Parse<T?>(result, text =>
    {
        foreach ((string name, T value) in choices)
        {
            if (name == text)
            {
                return value;
            }
        }

        return Fail<T?>(result, $"'{text}' is not one of {string.Join(", ", choices.Select(choice => choice.Name))}");
    });

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse) => parse(result.Tokens[0].Value);

    private static T[] ParseAll<T>(ArgumentResult result, Func<string, T> parse) => [.. result.Tokens.Select(token => parse(token.Value))];

    private static T? Fail<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }

    private static string NearestBlockSize(long size)
    {
        long nearest = FormatLimits.MinBlockSize;
        for (long candidate = nearest; candidate <= FormatLimits.MaxBlockSize; candidate *= 2)
        {
            nearest = Math.Abs(candidate - size) < Math.Abs(nearest - size) ? candidate : nearest;
        }

        return SizeText.Format(nearest).Replace(" KiB", "K", StringComparison.Ordinal).Replace(" MiB", "M", StringComparison.Ordinal)
            .Replace(" B", string.Empty, StringComparison.Ordinal);
    }
}
