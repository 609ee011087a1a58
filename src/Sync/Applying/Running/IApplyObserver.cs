using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Running;

/// <summary>Follows a run from outside: a set uses it around each of its parts.</summary>
internal interface IApplyObserver
{
    /// <summary>
    /// Called once, when everything has been found right, before room is reserved, the journal begun and the target changed.
    /// </summary>
    void BeforeWriting();

    /// <summary>
    /// Called once, when all is verified and durable. False leaves a target that would become smaller at its present length.
    /// </summary>
    bool MayCut(PatchPlan plan);

    /// <summary>
    /// Called once, when all that was to be written is durable and read back as asked for, and before the journal is removed. The rest of
    /// the target may have been found to differ.
    /// </summary>
    void BeforeFinishing();
}
