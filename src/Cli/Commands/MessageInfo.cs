using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Maps;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Cli.Commands;

/// <summary>The output of `info` about one message, of any kind.</summary>
internal static class MessageInfo
{
    /// <summary>Reads a message to its end, which verifies it, and shows its header, counts and identities.</summary>
    /// <param name="session">The command.</param>
    /// <param name="kind">The kind that it must be.</param>
    /// <param name="path">The message.</param>
    /// <param name="lists">List the runs.</param>
    /// <param name="map">Draw the runs there; null for no map.</param>
    public static void Show(CommandSession session, MessageKind kind, string path, bool lists, MapOutput? map)
    {
        using Stream input = MessageFiles.Open(path, session.Options.Cancellation);
        session.Options.Progress.Begin("reading", input.CanSeek ? input.Length : 0);
        MessageReader message = new MessageReader(input, MessageFiles.NameOf(path)).Require(kind);
        using Report report = new(session.Terminal, session.Json);
        report.Line($"{message.Source}: {kind.Words()}, format {FormatVersion.Major}.{message.Minor}");
        report.AddHeader("file", message.Source, message.Header, message);
        ExtentList list = new(report, lists);
        list.Begin();
        MessageTrailer trailer = kind switch
        {
            MessageKind.ChecksumRequest => ChecksumRequest.ReadToEnd(message),
            MessageKind.ChecksumFile => ReadChecksums(message, list, map, session),
            _ => ReadOperations(message, input, list, map, session),
        };
        session.Options.Progress.Advance(message.Position - session.Options.Progress.Current.Done);
        list.End();
        report.AddTrailer(trailer);
        report.Add("length", "length", message.Position, SizeText.Exact(message.Position));
        list.AddFrames();
        map?.Draw($"{message.Source}: {kind.Words()}", report.OwnLine);
        if (map?.Path is { } picture)
        {
            report.Add("map", "map", picture);
        }

        report.Finish(VersionText.Number, session.Elapsed);
    }

    private static ChecksumFileTrailer ReadChecksums(MessageReader message, ExtentList list, MapOutput? output, CommandSession session)
    {
        using ChecksumFileReader reader = new(message);
        ChecksumMap? map = output is null ? null : new ChecksumMap(reader.Header, output);
        for (long position = 0; reader.ReadRun(out ChecksumRun run); position = Advance(message, position, session))
        {
            session.Options.Cancellation.ThrowIfCancellationRequested();
            list.Add(run.Blocks, run.IsZero ? "zero" : "data", null);
            map?.Add(run);
        }

        map?.Complete();
        return reader.Trailer;
    }

    private static ExtentSource? SourceOf(in Operation operation, BlockGeometry target) => operation.New == NewKind.Copy
        ? new ExtentSource(operation.SourceOffset(target), target.BlockSize, operation.Shift > 0)
        : null;

    private static OperationsTrailer ReadOperations(
        MessageReader message, Stream input, ExtentList list, MapOutput? output, CommandSession session)
    {
        OperationReader reader = new(message);
        using ContentVerifier? content = Verifier(reader, message.Kind, input);
        OperationGroup group = new();
        RequestMap? map = output is null ? null : new RequestMap(reader.Header, output);
        for (long position = 0; reader.ReadGroup(group); position = Advance(message, position, session))
        {
            session.Options.Cancellation.ThrowIfCancellationRequested();
            foreach (Operation operation in group.Operations)
            {
                list.Add(
                    operation.Blocks,
                    operation.New.ToString().ToLowerInvariant(),
                    operation.Old.ToString().ToLowerInvariant(),
                    SourceOf(operation, reader.Geometry.Target));
                map?.Add(operation);
            }

            content?.Begin(group);
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                list.CountFrame(reader.Frame);
                content?.Check(stored.Span);
            }
        }

        if (content is { NotDecoded: > 0 })
        {
            session.Terminal.Warn($"repeated content was not decoded (frames: {content.NotDecoded}): that needs a file, not a pipe");
        }

        NoteOldContent(session, reader.Source, content?.OverOldContent ?? 0);
        map?.Complete();
        return reader.Trailer;
    }

    /// <summary>Says that content could not be checked without the target.</summary>
    public static void NoteOldContent(CommandSession session, string source, long frames)
    {
        if (frames > 0)
        {
            session.Terminal.Note(
                $"{source}: content over old content was not decoded (frames: {frames}): only apply can, and apply --dry-run, with the "
                    + "target");
        }
    }

    /// <summary>Decodes the content of a data file and compares it with its hashes; null for a data request.</summary>
    public static ContentVerifier? Verifier(OperationReader reader, MessageKind kind, Stream input) =>
        kind == MessageKind.DataFile ? new ContentVerifier(reader, input is IPositionalReader file ? file.ReadAt : null) : null;

    private static long Advance(MessageReader message, long position, CommandSession session)
    {
        session.Options.Progress.Advance(message.Position - position);
        return message.Position;
    }
}
