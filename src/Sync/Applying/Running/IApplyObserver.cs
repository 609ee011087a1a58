using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Running;

/// <summary>Keeps account of a run from outside: what a set does around each of its parts.</summary>
internal interface IApplyObserver
{
    /// <summary>
    /// Called once, when all has been found right, and before room is reserved, the journal begun and the target changed.
    /// </summary>
    void BeforeWriting();

    /// <summary>
    /// Asked once, when all is verified and durable: false leaves a target that would become smaller as long as it is.
    /// </summary>
    bool MayCut(PatchPlan plan);

    /// <summary>Called once, when all is verified and durable, and before the journal is removed.</summary>
    void BeforeFinishing();
}
