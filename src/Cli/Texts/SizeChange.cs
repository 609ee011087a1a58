using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Texts;

/// <summary>Lines about the target's size, if it changes.</summary>
internal static class SizeChange
{
    /// <summary>Notes that the ranges do not allow a change of the size.</summary>
    public static void NoteLeft(Terminal terminal) =>
        terminal.Note("the sizes differ, and the ranges leave out a part of the difference: the target will keep its size");

    /// <summary>Prints how the size changes, if it does.</summary>
    public static void Say(Terminal terminal, OperationsHeader header)
    {
        if (header.SyncGeometry.Base.Size != header.TargetSize)
        {
            terminal.Summary($"size changes from {SizeText.Exact(header.SyncGeometry.Base.Size)} to {SizeText.Exact(header.TargetSize)}");
        }
    }
}
