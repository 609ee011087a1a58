namespace BinarySync.Storage;

/// <summary>Changes that a file system was told to refuse to everyone, root included: the attributes that `lsattr` shows.</summary>
[Flags]
public enum FileMarks
{
    None = 0,

    /// <summary>Nothing of it may be changed; of a directory, none of its names.</summary>
    Immutable = 1,

    /// <summary>Data may only be added at its end; of a directory, names may only be added.</summary>
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
