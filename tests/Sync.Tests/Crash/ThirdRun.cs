using BinarySync.Storage.Native;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// One run of another data file on a target in the middle of a run: it is refused and nothing is changed, or it goes through and all is
/// right.
/// </summary>
internal sealed class ThirdRun(CrashCase crashCase, ThirdFile third, ApplyTuning tuning)
{
    /// <summary>The machine, and how it ended.</summary>
    public CrashMachine? Machine { get; private set; }

    public bool Succeeded { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>Applies it.</summary>
    /// <returns>What is wrong with what came of it; null where nothing is.</returns>
    public string? Apply(MachineState state, VerifyMode verify, bool mustSucceed)
    {
        CrashMachine machine = new(state, crashCase.Behaviour);
        Machine = machine;
        try
        {
            ApplyPlaces places = new(new CrashStateFile(machine), "file:target", Redo: new CrashRedoFile(machine));
            ApplyOperation.Run(
                new CrashDisk(machine), new PatchSource(new MemoryFile(third.DataFile), $"{third.Name}.dtf"), places, new ApplySpecification
                {
                    Verify = verify,
                    Sparse = crashCase.Sparse,
                }, tuning, new SyncOptions { Threads = 1 });
            Succeeded = true;
        }
        catch (Exception exception)
        {
            Failure = exception;
        }

        if (Succeeded)
        {
            return !machine.State.Medium.SameAs(third.Expected)
                ? "another data file was applied with success, and the medium is not what it should be"
                : !machine.State.Cache.SameAs(machine.State.Medium)
                    ? "another data file was applied with success, and a reader sees other bytes than the medium has"
                : machine.State.Journal.Cache is not null ? "another data file was applied with success, and the journal stands" : null;
        }

        return mustSucceed ? "another data file was begun, and what must succeed was refused"
            : Failure is not SyncException { Error: SyncError.Mismatch or SyncError.Unrecognized }
                ? "another data file was refused for another reason than what it found"
            : machine.Points.All(point => point.Call == CrashCall.Flush)
                ? null
                : "another data file was refused after something had been changed";
    }
}
