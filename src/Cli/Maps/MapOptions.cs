using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;

namespace BinarySync.Cli.Maps;

/// <summary>Whether a map is drawn, and where it goes.</summary>
public sealed class MapOptions
{
    private const string Name = "--map";
    private const string Extension = ".svg";

    // A user may ask for another kind of picture: better to refuse it by name than to take it for a file of ours.
    private static readonly string[] OtherPictures = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".html"];

    private readonly Option<string?> _map = new(Name)
    {
        Description = "Draw a map of the blocks, into FILE.svg if it is given, else in the terminal",
        HelpName = "FILE.svg",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _force = OptionValues.Force();

    public MapOptions() => _map.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var name }] && name != MessageFiles.Standard && !EndsIn(name, Extension))
        {
            result.AddError($"'{name}' does not end in {Extension}; name a file that does, or none to see the map in the terminal");
        }
    });

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Add(_map);
        command.Add(_force);
    }

    /// <summary>
    /// Takes from `--map` a next word that is no picture's name, before the parser, which would give it every word: in `dtreq info --map
    /// FILE.dtr` the word is the file.
    /// </summary>
    internal static string[] Settle(Command command, string[] arguments)
    {
        string[] settled = arguments;
        bool hasMap = false;
        for (int i = 0; i < arguments.Length - 1 && arguments[i] != "--"; i++)
        {
            if (Find(command, arguments[i]) is { } subcommand)
            {
                command = subcommand;
                hasMap = HasMap(command);
            }
            else if (hasMap
                && arguments[i] == Name
                && !EndsIn(arguments[i + 1], Extension)
                && !Array.Exists(OtherPictures, other => EndsIn(arguments[i + 1], other)))
            {
                settled = settled == arguments ? [.. arguments] : settled;
                settled[i] = $"{Name}={MessageFiles.Standard}";
            }
        }

        return settled;
    }

    /// <summary>Makes sure that a map can be written to its place; null if none is wanted.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="session">The command.</param>
    /// <param name="inputs">Files that the picture must not replace.</param>
    /// <exception cref="UsageException">JSON and the map both want standard output; or the picture is an input.</exception>
    /// <exception cref="Storage.StorageException">The picture exists, or cannot be created.</exception>
    internal MapOutput? Begin(ParseResult result, CommandSession session, params string[] inputs)
    {
        if (result.GetResult(_map) is null)
        {
            return null;
        }

        string path = result.GetValue(_map) ?? MessageFiles.Standard;
        if (path != MessageFiles.Standard)
        {
            return new MapOutput(MessageFiles.Create(path, result.GetValue(_force), session, inputs));
        }

        return session.Json
            ? throw new UsageException(
                "--json and a map in the terminal both need standard output", $"name a file for the map: {Name} FILE{Extension}")
            : new MapOutput(null);
    }

    private static bool EndsIn(string name, string extension) => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static Command? Find(Command command, string name)
    {
        foreach (Command subcommand in command.Subcommands)
        {
            if (subcommand.Name == name)
            {
                return subcommand;
            }
        }

        return null;
    }

    private static bool HasMap(Command command)
    {
        foreach (Option option in command.Options)
        {
            if (option.Name == Name)
            {
                return true;
            }
        }

        return false;
    }
}
