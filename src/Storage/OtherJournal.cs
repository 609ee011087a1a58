namespace BinarySync.Storage;

/// <summary>
/// A journal in a place where a run on the same target may have left it: beside another name of the file, or of a loop device over it.
/// </summary>
/// <param name="File">The journal.</param>
/// <param name="Birth">Of the target, or of the file below a loop device; null if the file system does not tell.</param>
/// <param name="IsByName">The place is that of this target by its name. Otherwise only the birth in the journal can tell.</param>
public sealed record OtherJournal(IStateFile File, FileBirth? Birth, bool IsByName);
