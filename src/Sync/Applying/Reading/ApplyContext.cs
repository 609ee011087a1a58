using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>The context of every step of one run.</summary>
/// <param name="Target">The target; opened for reading only if nothing is to be written.</param>
/// <param name="Patch">The data file.</param>
/// <param name="Places">Files beside the two.</param>
/// <param name="Specification">How it is applied.</param>
/// <param name="Tuning">How the target is protected.</param>
/// <param name="Workspace">Buffers that the steps use one after the other.</param>
/// <param name="Options">Threads, progress, cancellation.</param>
internal sealed record ApplyContext(
    IWritableStorage Target,
    PatchSource Patch,
    ApplyPlaces Places,
    ApplySpecification Specification,
    ApplyTuning Tuning,
    PatchWorkspace Workspace,
    SyncOptions Options);
