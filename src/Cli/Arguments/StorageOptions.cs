using System.CommandLine;
using BinarySync.Storage;
using BinarySync.Storage.Disks;

namespace BinarySync.Cli.Arguments;

/// <summary>How a target is read and written beside other work on the machine. This is the only place in which actions open one.</summary>
public sealed class StorageOptions
{
    private readonly Option<long?> _limitReading = OptionValues.LimitRate(writes: false);

    private readonly Option<long?> _limitPatching = OptionValues.LimitRate(writes: true);

    private readonly Option<CachePolicy?> _cache = OptionValues.Cache();

    /// <summary>Adds them to a command that reads or writes a target. Its subcommands do not get them.</summary>
    /// <param name="command">The command.</param>
    /// <param name="patches">It writes to the target, too.</param>
    public void AddTo(Command command, bool patches = false)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Add(patches ? _limitPatching : _limitReading);
        command.Add(_cache);
    }

    /// <summary>Opens a storage that is only read.</summary>
    internal IReadableStorage OpenSource(ParseResult result, string path, CancellationToken cancellation)
    {
        IReadableStorage source = StorageAccess.OpenSource(path, CacheOf(result));
        return Limiter(result, cancellation) is { } reads ? new RateLimitedSource(source, reads) : source;
    }

    /// <summary>Opens a storage that is patched in place.</summary>
    internal IWritableStorage OpenTarget(
        ParseResult result, string path, IReadOnlyList<string> messageFiles, bool readOnly, bool unguarded, CancellationToken cancellation)
    {
        IWritableStorage target = StorageAccess.OpenTarget(path, messageFiles, readOnly, CacheOf(result), unguarded);
        return Limiter(result, cancellation) is { } reads && Limiter(result, cancellation) is { } writes
            ? new RateLimitedTarget(target, reads, writes)
            : target;
    }

    private CachePolicy CacheOf(ParseResult result) => result.GetValue(_cache) ?? CachePolicy.Auto;

    // Reads and writes each have a budget of their own.
    private RateLimiter? Limiter(ParseResult result, CancellationToken cancellation) =>
        (result.GetValue(_limitReading) ?? result.GetValue(_limitPatching)) is { } rate
            ? new RateLimiter(rate, TimeProvider.System, cancellation)
            : null;
}
