namespace BinarySync.Sync.Tests.Crash;

/// <summary>What is asked for: some parts of a set, or their undo files.</summary>
/// <param name="Parts">From 0, in the order in which they are given.</param>
/// <param name="Direction">Forth by the parts, back by their undo files.</param>
/// <param name="WithUndo">Of a single part.</param>
internal sealed record SetCommand(IReadOnlyList<int> Parts, Direction Direction, bool WithUndo = false)
{
    public override string ToString() =>
        $"{Direction} {string.Join(',', Parts.Select(part => part + 1))}{(WithUndo ? " with undo" : string.Empty)}";
}

/// <summary>What is known of each part without looking at the target.</summary>
internal enum PartKnowledge
{
    NotInPlace,
    InPlace,

    /// <summary>A run with it has not come to its end.</summary>
    Either,
}
