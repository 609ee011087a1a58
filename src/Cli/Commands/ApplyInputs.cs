using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Format;
using BinarySync.Storage.State;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Sync.Messages;

namespace BinarySync.Cli.Commands;

/// <summary>The message files that `dtfile apply` reads.</summary>
internal sealed class ApplyInputs : IDisposable
{
    private readonly ApplyLine _line;
    private readonly Stream _input;
    private readonly Stream? _request;
    private Stream? _pinned;

    private ApplyInputs(ApplyLine line, Stream input, Stream? request)
    {
        (_line, _input, _request) = (line, input, request);
        SpoolDirectory = input.CanSeek || line.Streams ? null : StateDirectory.SpoolDirectoryFor(line.Target, line.SpoolDirectory);
    }

    /// <summary>The first data file, or the only one.</summary>
    public Stream DataFile => _pinned ?? _input;

    /// <summary>Its name in messages.</summary>
    public string Name => MessageFiles.NameOf(_line.Files[0]);

    /// <summary>The directory in which a data file from a pipe waits until it has been verified; null if none has to.</summary>
    public string? SpoolDirectory { get; }

    /// <summary>Opens the data file, and this remote's own request if one was given.</summary>
    public static ApplyInputs Open(ApplyLine line, CommandSession session)
    {
        CancellationToken cancellation = session.Options.Cancellation;
        Stream? request = null;
        Stream input = MessageFiles.Open(line.Files[0], cancellation);
        try
        {
            request = line.Request is null ? null : MessageFiles.OpenSeekable(line.Request, cancellation);
            return new ApplyInputs(line, input, request);
        }
        catch
        {
            request?.Dispose();
            input.Dispose();
            throw;
        }
    }

    /// <summary>Makes the data file one that can be read several times, with the same bytes each time.</summary>
    public void SpoolPipe(CommandSession session)
    {
        Stream seekable = SpoolDirectory is null
            ? _input
            : Inputs.SpoolDirectory.Spool(
                _input, Name, SpoolDirectory, "the target", "use --spool with a directory that has more room", session);
        _pinned = PinnedStream.Of(seekable, Name);
    }

    /// <summary>All data files, to find out which set they belong to.</summary>
    public IReadOnlyList<PartSource> Parts(CommandSession session) => _line.Files.Length == 1
        ? [new PartSource(Name, () => DataFile, IsKept: true)]
        : [.. _line.Files.Select(name => new PartSource(name, () => MessageFiles.OpenPart(name, session.Options.Cancellation)))];

    /// <summary>
    /// This remote's own request. A merged data file serves only the remotes whose requests went into it; an ordinary one needs no request.
    /// </summary>
    /// <exception cref="UsageException">A request is missing, or was given although none is needed.</exception>
    public OwnRequest? OwnRequest()
    {
        DataFile.Position = 0;
        bool isMerged = new OperationReader(DataFile, Name, MessageKind.DataFile).Header.Bases is not null;
        if (isMerged != _request is not null)
        {
            throw isMerged
                ? new UsageException($"{Name} is merged for several remotes", "name this remote's own data request with --request")
                : new UsageException($"{Name} is for one remote and needs no request", "leave out --request");
        }

        return _request is null ? null : new OwnRequest(_request, _line.Request!);
    }

    public void Dispose()
    {
        _pinned?.Dispose();
        _request?.Dispose();
        _input.Dispose();
    }
}
