namespace BinarySync.Storage;

/// <summary>What a file system was told not to allow anyone, root not either: the attributes that `lsattr` shows.</summary>
[Flags]
public enum FileMarks
{
    None = 0,

    /// <summary>Nothing of it may be changed; of a directory, none of its names.</summary>
    Immutable = 1,

    /// <summary>Something may be added at its end only; of a directory, names.</summary>
    AppendOnly = 2,
}

internal static class FileMarksText
{
    /// <summary>How a person would say it.</summary>
    public static string Words(this FileMarks marks) => marks switch
    {
        FileMarks.Immutable => "immutable",
        FileMarks.AppendOnly => "append-only",
        FileMarks.None => "as nothing",
        _ => "immutable and append-only",
    };
}
