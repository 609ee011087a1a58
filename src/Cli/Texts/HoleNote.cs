using BinarySync.Cli.Output;
using BinarySync.Storage;

namespace BinarySync.Cli.Texts;

/// <summary>Notes that holes were not believed.</summary>
internal static class HoleNote
{
    /// <summary>Prints the note, if there is one.</summary>
    public static void Say(Terminal terminal, string name, HoleClaim? doubted)
    {
        if (doubted is { } claim)
        {
            terminal.Note(
                $"the holes of {name} were read: the file system reports {SizeText.Exact(claim.HoleBytes)} of holes, but the space that "
                    + $"the file takes leaves only {SizeText.Exact(claim.PossibleBytes)} for them");
        }
    }
}
