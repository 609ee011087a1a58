using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Inputs;

/// <summary>
/// Paths of message files: '-' for the standard streams, a name for an output that has none, and no input that is also the output.
/// </summary>
internal static class MessageFiles
{
    public const string Standard = "-";
    public const string StandardInputName = "standard input";

    /// <summary>Opens a message to be read.</summary>
    public static Stream Open(string path, CancellationToken cancellation) =>
        path == Standard ? StandardStreams.OpenInput(cancellation) : MessageInput.Open(path, cancellation);

    /// <summary>Opens a message that is read more than once.</summary>
    /// <exception cref="UsageException">It is a pipe.</exception>
    public static Stream OpenSeekable(string path, CancellationToken cancellation)
    {
        Stream? stream = path == Standard ? null : Open(path, cancellation);
        if (stream is { CanSeek: true })
        {
            return stream;
        }

        stream?.Dispose();
        throw new UsageException(
            $"{(path == Standard ? "standard input" : path)} is a pipe; this request is read more than once", "write it into a file first");
    }

    /// <summary>Opens one of several data files.</summary>
    /// <exception cref="UsageException">It is a pipe.</exception>
    public static Stream OpenPart(string path, CancellationToken cancellation)
    {
        Stream stream = Open(path, cancellation);
        if (stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        throw new UsageException($"{path} is a pipe: only a single data file can come from one");
    }

    /// <summary>The name in messages.</summary>
    public static string NameOf(string path) => path == Standard ? StandardInputName : path;

    /// <summary>Begins an output.</summary>
    /// <param name="path">The path, or '-'.</param>
    /// <param name="force">Replace an existing file.</param>
    /// <param name="session">Learns where the lines for people go.</param>
    /// <param name="inputs">The sources: the output must not replace them, and may be read by no more people than they.</param>
    /// <exception cref="UsageException">The output is an input, or the result has nowhere to go.</exception>
    /// <exception cref="StorageException">The output exists, or cannot be created.</exception>
    public static MessageOutput Create(string path, bool force, CommandSession session, params string[] inputs)
    {
        if (path == Standard)
        {
            if (session.Json)
            {
                throw new UsageException("--json and '-o -' both need standard output");
            }

            if (!Console.IsOutputRedirected)
            {
                throw new UsageException("a binary file is not written to a terminal", "redirect standard output, or name a file with -o");
            }

            session.Terminal.OutputIsMessage = true;
            return StandardStreams.OpenOutput();
        }

        RequireNoInput(path, inputs);
        DeviceFileWarning.Say(session.Terminal, path);
        return OutputFile.Create(path, force, OutputRights.Of(inputs, session.OutputMode));
    }

    /// <summary>Makes sure that a file may become an output, and makes nothing.</summary>
    /// <exception cref="UsageException">It is an input.</exception>
    /// <exception cref="StorageException">It exists, or cannot be created.</exception>
    public static void DemandName(string path, bool force, params string[] inputs)
    {
        RequireNoInput(path, inputs);
        OutputFile.DemandName(path, force);
    }

    private static void RequireNoInput(string path, string[] inputs)
    {
        foreach (string input in inputs)
        {
            if (FileIdentity.IsSameFile(path, input))
            {
                throw new UsageException($"{path} is an input of this command; it would be replaced");
            }
        }
    }

    /// <summary>The output's path: as given, or made from an input's name, in the current directory.</summary>
    /// <param name="given">The value of -o.</param>
    /// <param name="input">The input that gives the name.</param>
    /// <param name="inputKind">The kind of that input, whose extension is replaced; null for a target, whose name is kept whole.</param>
    /// <param name="outputKind">The kind of the output.</param>
    /// <param name="otherInputs">Other inputs: a user who reads from a pipe has to name the output.</param>
    public static string OutputPath(
        string? given, string input, MessageKind? inputKind, MessageKind outputKind, params string?[] otherInputs)
    {
        if (given is not null)
        {
            return given;
        }

        if (input == Standard || otherInputs.Contains(Standard))
        {
            throw new UsageException(
                "the output needs a name of its own if an input comes from a pipe", "-o FILE names it; '-o -' is standard output");
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(input));
        if (inputKind is { } kind && name.EndsWith("." + kind.Extension(), StringComparison.Ordinal))
        {
            name = Path.GetFileNameWithoutExtension(name);
        }

        return $"{name}.{outputKind.Extension()}";
    }

    /// <summary>Standard input can be read once.</summary>
    public static void RequireOneStandardInput(params string?[] inputs)
    {
        if (inputs.Count(input => input == Standard) > 1)
        {
            throw new UsageException("only one input can be '-'");
        }
    }
}
