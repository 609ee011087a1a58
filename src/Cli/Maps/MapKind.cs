namespace BinarySync.Cli.Maps;

/// <summary>
/// The kind of a stretch of a file. If kinds mix in a cell and the file has equally much of them, the earlier one is shown.
/// </summary>
internal enum MapKind
{
    /// <summary>Content is sent.</summary>
    Changed,

    /// <summary>Content comes from elsewhere in the base.</summary>
    Copied,

    /// <summary>It becomes zeros.</summary>
    Zeroed,

    /// <summary>It exists before, and not after.</summary>
    CutOff,

    /// <summary>It differs from the checksum file.</summary>
    Differs,

    Data,

    /// <summary>A checksum file does not tell holes from other zeros.</summary>
    Zeros,

    /// <summary>Outside the ranges of a checksum file.</summary>
    NotCovered,

    /// <summary>Outside the ranges of a request, or of a comparison.</summary>
    NotCompared,

    Unchanged,

    Equal,
}

/// <summary>How a kind is shown.</summary>
/// <param name="Words">Its name in the legend.</param>
/// <param name="Whole">The character of a cell that has only this kind.</param>
/// <param name="Part">The character of a cell that has other kinds too.</param>
/// <param name="Escape">The parameters of the terminal's colour sequence.</param>
/// <param name="Style">The class in a picture.</param>
internal readonly record struct MapLook(string Words, char Whole, char Part, string Escape, string Style)
{
    /// <summary>The number of kinds.</summary>
    public const int Kinds = (int)MapKind.Equal + 1;

    public static MapLook Of(MapKind kind) => kind switch
    {
        MapKind.Changed => new("changed", '#', '+', "97;41", "changed"),
        MapKind.Copied => new("copied", 'C', 'c', "30;46", "copied"),
        MapKind.Zeroed => new("zeroed", '0', 'o', "30;42", "zeroed"),
        MapKind.CutOff => new("cut off", 'X', 'x', "30;43", "cut"),
        MapKind.Differs => new("differs", '#', '+', "97;41", "changed"),
        MapKind.Data => new("data", '#', '+', "30;46", "copied"),
        MapKind.Zeros => new("zeros and holes", '0', 'o', "30;42", "zeroed"),
        MapKind.NotCovered => new("not covered", '_', '-', "90", "left"),
        MapKind.NotCompared => new("not compared", '_', '-', "90", "left"),
        MapKind.Unchanged => new("unchanged", '.', ',', "90", "same"),
        _ => new("equal", '.', ',', "90", "same"),
    };

    /// <summary>True for a kind that a reader looks for: in a cell, a kind that does not matter never hides it.</summary>
    public static bool Matters(MapKind kind) => kind < MapKind.NotCovered;
}
