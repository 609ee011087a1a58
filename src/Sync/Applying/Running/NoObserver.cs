using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Running;

/// <summary>For a run that nobody follows.</summary>
internal sealed class NoObserver : IApplyObserver
{
    public static readonly NoObserver Instance = new();

    public void BeforeWriting()
    {
    }

    public bool MayCut(PatchPlan plan) => true;

    public void BeforeFinishing()
    {
    }
}
