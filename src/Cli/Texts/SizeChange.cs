using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Texts;

/// <summary>What is said of the target's size, where it changes.</summary>
internal static class SizeChange
{
    /// <summary>Says that the ranges do not allow to change the size.</summary>
    public static void NoteLeft(Terminal terminal) =>
        terminal.Note("the sizes differ, and the ranges leave out a part of the difference: the target will keep its size");

    /// <summary>Says how the size changes, if it does.</summary>
    public static void Say(Terminal terminal, OperationsHeader header)
    {
        if (header.SyncGeometry.Base.Size != header.TargetSize)
        {
            terminal.Summary($"size changes from {SizeText.Exact(header.SyncGeometry.Base.Size)} to {SizeText.Exact(header.TargetSize)}");
        }
    }
}
