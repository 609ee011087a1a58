using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Streaming;

namespace BinarySync.Sync.Tests.Streaming;

/// <summary>A target in memory, with its journal, to which data files are applied as they arrive: group by group.</summary>
internal sealed class StreamTarget(byte[] content, StorageKind kind = StorageKind.RegularFile)
{
    public FakeStorage Disk { get; private set; } = new(DiskImage.Of(content), kind);

    public FakeStateFile Journal { get; } = new();

    public byte[] Content => Disk.Content;

    /// <summary>Applies one.</summary>
    /// <param name="dataFile">Comes through a pipe.</param>
    /// <param name="specification">How.</param>
    /// <param name="stretchBytes">After so many bytes a stretch ends; 1: after each group.</param>
    public ApplyResult Apply(byte[] dataFile, ApplySpecification? specification = null, long stretchBytes = 1) => StreamApplyOperation.Run(
        Disk, new OperationReader(new OneWay(dataFile), "standard input", MessageKind.DataFile), FourSteps.Places(Journal), specification
            ?? new ApplySpecification(), new ApplyTuning(), stretchBytes, FourSteps.Threads(2));

    /// <summary>Applies one as a whole.</summary>
    public ApplyResult ApplyWhole(byte[] dataFile) =>
        ApplyOperation.Run(Disk, FourSteps.Patch(dataFile), FourSteps.Places(Journal), new ApplySpecification(), FourSteps.Threads(2));

    /// <summary>The process was killed: what it wrote is in the cache.</summary>
    public void Reopen() => Disk = new FakeStorage(Disk.Cache.Copy(), Disk.Kind);

    /// <summary>The power was cut: only what was flushed is there.</summary>
    public void LosePower() => Disk = new FakeStorage(Disk.Medium.Copy(), Disk.Kind);
}
