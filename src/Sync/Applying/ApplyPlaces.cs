using BinarySync.Storage;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Applying;

/// <summary>Files beside the target and the data file that applying reads and writes.</summary>
/// <param name="Journal">What an interrupted run leaves for the next one.</param>
/// <param name="Identity">What the target is, in the journal: the same after a reboot.</param>
/// <param name="Undo">Where to write an undo file; null for none.</param>
/// <param name="Redo">Where content is kept while its source is overwritten; a data file with copies needs it.</param>
/// <param name="Repair">Begins the request for blocks that did not read back as written; null if none is wanted.</param>
/// <param name="OldChecksums">
/// The checksum file of the old target. If given, nothing is written unless it is that of the data file's base. Null if it is not asked
/// for.
/// </param>
public sealed record ApplyPlaces(
    IStateFile Journal,
    string Identity,
    IUndoPlace? Undo = null,
    MessageOutput? Repair = null,
    IRedoFile? Redo = null,
    ChecksumSource? OldChecksums = null)
{
    /// <summary>Journals that an interrupted run may have left when the target was known by another name.</summary>
    public IReadOnlyList<OtherJournal> Elsewhere { get; init; } = [];
}
