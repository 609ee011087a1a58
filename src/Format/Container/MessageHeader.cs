namespace BinarySync.Format;

/// <summary>What the headers of all kinds of messages have (Format.md 4). There is a type for each kind.</summary>
public abstract record MessageHeader
{
    /// <summary>The kind of message that it heads.</summary>
    public abstract MessageKind Kind { get; }

    /// <summary>Bytes of a block.</summary>
    public required int BlockSize { get; init; }

    public required BlockHash Hash { get; init; }

    /// <summary>Asked for (`.ckr`), covered (`.ckf`) or compared (`.dtr`, `.dtf`).</summary>
    public BlockCoverage Coverage { get; init; } = BlockCoverage.Whole;

    /// <summary>Free text, at most 1,024 bytes of UTF-8 without control characters; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>The coarse data request that this message refines, or null (Format.md 4.3).</summary>
    public ParentIdentity? Parent { get; init; }

    /// <summary>The lowest minor version that has all that is in it (Format.md 2.2): the one in which it is written.</summary>
    public byte Minor => Math.Max(Hash.SinceMinor, Parent?.Hash.SinceMinor ?? 0);

    /// <summary>What is wrong with a label ("is empty", "has control characters", ...), or null.</summary>
    public static string? LabelFault(string label) => HeaderEncoding.LabelFault(label);
}
