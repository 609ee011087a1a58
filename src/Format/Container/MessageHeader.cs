namespace BinarySync.Format;

/// <summary>The common fields of the headers of all kinds of messages (Format.md 4). There is a type for each kind.</summary>
public abstract record MessageHeader
{
    /// <summary>The kind of message to which this header belongs.</summary>
    public abstract MessageKind Kind { get; }

    /// <summary>Bytes of a block.</summary>
    public required int BlockSize { get; init; }

    public required BlockHash Hash { get; init; }

    /// <summary>The blocks requested (`.ckr`), covered (`.ckf`) or compared (`.dtr`, `.dtf`).</summary>
    public BlockCoverage Coverage { get; init; } = BlockCoverage.Whole;

    /// <summary>Free text, at most 1,024 bytes of UTF-8 without control characters; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>The coarse data request that this message refines, or null (Format.md 4.3).</summary>
    public ParentIdentity? Parent { get; init; }

    /// <summary>The lowest minor version that has all features of the message (Format.md 2.2): it is written in that version.</summary>
    public virtual byte Minor => Math.Max(Hash.SinceMinor, Parent?.Hash.SinceMinor ?? 0);

    /// <summary>The fault of a label ("is empty", "has control characters", ...), or null.</summary>
    public static string? LabelFault(string label) => HeaderEncoding.LabelFault(label);
}
