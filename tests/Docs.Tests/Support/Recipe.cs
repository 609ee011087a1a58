using System.Text.RegularExpressions;
using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests.Support;

/// <summary>A grey block of a recipe: <c>```sh master</c> and so on.</summary>
/// <param name="Place">What stands behind the language: "names", "master", "remote", or the name of a file.</param>
internal sealed record RecipeBlock(string Place, string Text);

/// <summary>
/// A recipe of the Cookbook, cooked at two sites: directories that stand for two machines. Its blocks are run in order, as they
/// stand, with the names of its first block set anew.
/// </summary>
internal sealed class Recipe : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("binarysync-cookbook-").FullName;
    private readonly Queue<RecipeBlock> _blocks;
    private readonly Dictionary<string, string> _names;
    private readonly string _defaults;

    /// <summary>Opens one by its number.</summary>
    /// <param name="number">That of its heading.</param>
    /// <param name="names">Each name of its first block, and the value that it has here; "{top}" is the directory above both sites.</param>
    public Recipe(int number, Dictionary<string, string> names)
    {
        Document cookbook = Document.Open("docs/Cookbook.md");
        _blocks = new(BlocksOf(cookbook.Below(cookbook.Lines.Single(line => line.StartsWith($"## {number}. ", StringComparison.Ordinal)))));
        _defaults = Take("names");
        Assert.Equal(
            Regex.Matches(_defaults, "^([a-z]+)=", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Order(),
            names.Keys.Order());
        _names = names.ToDictionary(name => name.Key, name => name.Value.Replace("{top}", _top, StringComparison.Ordinal));
        foreach (string site in new[] { "master", "remote", "bin" })
        {
            Directory.CreateDirectory(this[site]);
        }
    }

    /// <summary>A path below the directory of both sites.</summary>
    public string this[string path] => Path.Combine(_top, path);

    /// <summary>Sets one of the names from here on.</summary>
    public void Set(string name, string value) => _names[name] = value;

    /// <summary>The text of the next block, which must be for this place.</summary>
    public string Take(string place)
    {
        RecipeBlock block = _blocks.Dequeue();
        Assert.True(block.Place == place, $"the next block of the recipe is for '{block.Place}', not '{place}':\n{block.Text}");
        return block.Text;
    }

    /// <summary>Runs the next block, which must be for this place; it must succeed.</summary>
    public string Next(string place) => Succeed(place, Take(place));

    /// <summary>Runs lines at a site, with the names set: what a recipe leaves to the reader.</summary>
    public string Succeed(string site, string lines)
    {
        (int exit, string output) = Run(site, lines);
        Assert.True(exit == 0, $"{lines}\n{output}exit {exit}");
        return output;
    }

    /// <summary>Runs lines at a site, which must end with this exit code and say these words.</summary>
    public void Fail(int expected, string words, string site, string lines)
    {
        (int exit, string output) = Run(site, lines);
        Assert.True(
            exit == expected && output.Contains(words, StringComparison.Ordinal),
            $"expected exit {expected} and '{words}':\n{lines}\n{output}exit {exit}");
    }

    /// <summary>Runs lines at a site.</summary>
    public (int Exit, string Output) Run(string site, string lines)
    {
        string names = string.Join('\n', _names.Select(name => $"{name.Key}='{name.Value}'"));
        return Bash.Run(this[site], Bash.Path(this["bin"]), $"set -euo pipefail; shopt -s checkhash\n{_defaults}\n{names}\n{lines}");
    }

    /// <summary>Puts a program before all others of its name.</summary>
    public void StandIn(string program, string script, string directory = "bin")
    {
        string path = this[$"{directory}/{program}"];
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        Command.Demand("chmod", "+x", path);
    }

    /// <summary>Takes it away again.</summary>
    public void StandDown(string program) => File.Delete(this[$"bin/{program}"]);

    /// <summary>Has the next <c>dtfile</c> that writes to a target killed at one of its writes, once.</summary>
    public void KillOnce(string target, int write, string directory = "bin") => StandIn(
        "dtfile",
        $"""
        rm -- "$0"
        exec strace -f -qq -o /dev/null -P {target} -e trace=pwrite64 -e inject=pwrite64:signal=KILL:when={write} {Bash.Programs}dtfile "$@"
        """,
        directory);

    /// <summary>All blocks have been run.</summary>
    public void End() => Assert.Empty(_blocks);

    /// <summary>Two files are equal.</summary>
    public void Equal(string one, string other) => Succeed("master", $"cmp {this[one]} {this[other]}");

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private static IEnumerable<RecipeBlock> BlocksOf(IEnumerable<string> lines)
    {
        string? place = null;
        List<string> text = [];
        foreach (string line in lines)
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                text.Add(line);
                continue;
            }

            if (place is not null)
            {
                yield return new RecipeBlock(place, string.Join('\n', text) + "\n");
            }

            // Every block has a place, so none can be passed over.
            place = place is null ? line.Split(' ', 2)[1] : null;
            text.Clear();
        }
    }
}
