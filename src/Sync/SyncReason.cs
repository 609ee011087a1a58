namespace BinarySync.Sync;

/// <summary>
/// Why an operation was refused or failed: one reason for each cause that a script may want to distinguish. Their names, in kebab case, are
/// part of the interface (docs/manual/scripting.md): a published name never changes its meaning.
/// </summary>
public enum SyncReason
{
    /// <summary>A device has fewer bytes than the data file needs.</summary>
    DeviceTooSmall,

    /// <summary>A target has neither the size of the base nor that of the master.</summary>
    OtherTargetSize,

    /// <summary>A remote's own request is not one of those that the data file was merged from.</summary>
    NotMergedFromRequest,

    /// <summary>A data file is for several remotes, and nothing says which one this is.</summary>
    OwnRequestNeeded,

    /// <summary>The content to be copied has the hashes of the master's blocks, but differs from them.</summary>
    CopyHashCollision,

    /// <summary>The target has the journal of another data file.</summary>
    OtherRunUnfinished,

    /// <summary>An interrupted run on this target has left its journal under another name, or in another directory.</summary>
    JournalElsewhere,

    /// <summary>The file with the content that an interrupted run was copying is missing or damaged.</summary>
    RedoLost,

    /// <summary>The journal was written by a newer version.</summary>
    NewerJournal,

    /// <summary>The journal cannot be read.</summary>
    DamagedJournal,

    /// <summary>Blocks outside the data file differ from the base.</summary>
    NotTheBase,

    /// <summary>Blocks outside the data file differ from the base of the coarse request, or that can no longer be determined.</summary>
    NotTheCoarseBase,

    /// <summary>Two data files are parts of different sets.</summary>
    PartsOfOtherSets,

    /// <summary>Two data files are the same part of a set.</summary>
    PartGivenTwice,

    /// <summary>The whole cannot be verified while parts are missing.</summary>
    PartsMissing,

    /// <summary>The base cannot be checked once a part is applied.</summary>
    PartsAppliedAlready,

    /// <summary>A data file cannot be applied while it arrives.</summary>
    NotForStreaming,

    /// <summary>The target is no longer what an undo file would have to take it back to.</summary>
    TooLateForUndo,

    /// <summary>The checksum file of the patched target cannot be made from the given files.</summary>
    ChecksumsNotDerivable,

    /// <summary>A checksum file covers no block that can be compared.</summary>
    NothingToCompare,

    /// <summary>A target no longer has the size that it had when the coarse checksum file was made.</summary>
    CoarseSizeChanged,

    /// <summary>Messages were made with different block sizes, hashes or ranges.</summary>
    DifferentSpecifications,

    /// <summary>Requests were made for different masters.</summary>
    DifferentMasters,

    /// <summary>The parts of a checksum file do not cover all of the target.</summary>
    PartsLeaveOut,

    /// <summary>There would be more ranges than a message has room for.</summary>
    TooManyRanges,

    /// <summary>Two parts of a checksum file differ where they overlap.</summary>
    PartsDisagree,

    /// <summary>A master does not have the size that the request was made for.</summary>
    OtherMasterSize,

    /// <summary>Two checksum files have no block in common.</summary>
    NoCommonBlocks,

    /// <summary>Two checksum files refine different coarse requests.</summary>
    DifferentRefinements,

    /// <summary>A checksum file is of a target of another size than its side of the coarse request.</summary>
    OtherCoarseSize,

    /// <summary>A request that refines a coarse one cannot be merged.</summary>
    RefinedRequest,

    /// <summary>A request for several remotes cannot be merged, refined or split.</summary>
    MergedRequest,

    /// <summary>Two requests for one master disagree about a block.</summary>
    RequestsDisagree,

    /// <summary>A request that refines a coarse one cannot be refined again.</summary>
    RefinedAlready,

    /// <summary>A message has changed since it was first read.</summary>
    MessageChanged,

    /// <summary>The target is patched, but its checksum file could not be made.</summary>
    ChecksumsNotDerived,

    /// <summary>The data file changed while it was being applied.</summary>
    DataFileChanged,

    /// <summary>A source changed while it was read.</summary>
    SourceChanged,

    /// <summary>Blocks of the master differ from those that the request asks for.</summary>
    OtherMaster,

    /// <summary>The request changed while it was being cut into parts.</summary>
    PartsDoNotFit,

    /// <summary>The medium does not return some blocks.</summary>
    UnreadableBlocks,

    /// <summary>The medium does not return some blocks of the target, but the data file brings all of them whole.</summary>
    UnreadableBlocksBrought,

    /// <summary>The file system reports a hole that has content.</summary>
    HolesUntrue,

    /// <summary>The target would lose more than half of its bytes, and the user has not agreed to that.</summary>
    ShrinksGreatly,

    /// <summary>The content of a block changed at the place from which it was to be copied.</summary>
    CopySourceChanged,

    /// <summary>The content of blocks is not where the data file copies it from.</summary>
    CopySourceMissing,

    /// <summary>Blocks of the target are neither as expected nor already new.</summary>
    UnrecognizedBlocks,

    /// <summary>Blocks changed while the undo file was being made.</summary>
    ChangedWhileSaved,

    /// <summary>A block of the target changed while the data file was being applied.</summary>
    TargetChanged,

    /// <summary>All written blocks are right, but other blocks differ from the content that the data file describes.</summary>
    OtherBlocksDiffer,

    /// <summary>Blocks did not read back as they were written.</summary>
    WrittenBlocksDiffer,

    /// <summary>There is a journal, and this is not the target that it describes.</summary>
    OtherTarget,

    /// <summary>There is a journal, and nothing proves that this is the target that it describes.</summary>
    TargetNotProved,

    /// <summary>
    /// The redo file, with the content that an interrupted run was copying, has content that the data file does not bring.
    /// </summary>
    ForeignRedo,

    /// <summary>Several data files were given, and one is not part of a set.</summary>
    NotPartOfSet,

    /// <summary>Blocks that cannot be read leave more ranges than a checksum file has room for.</summary>
    TooManyUnreadable,

    /// <summary>A data file cannot be cut into parts so small.</summary>
    PartsTooSmall,

    /// <summary>Blocks are larger than the frames that would be compressed over old content.</summary>
    BlocksTooLargeForBase,

    /// <summary>A checksum file has no rolling sums, so content that moved by any number of bytes cannot be found.</summary>
    NoRollingSums,

    /// <summary>The old content over which the data file is compressed is not in the target any more.</summary>
    OldContentMissing,
}
