using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Sync.Tests.Splitting;

/// <summary>A target in memory, with its journal and its note, to which parts are applied.</summary>
internal sealed class SetTarget(byte[] content, StorageKind kind = StorageKind.RegularFile)
{
    public FakeStorage Disk { get; private set; } = new(DiskImage.Of(content), kind);

    public FakeStateFile Journal { get; } = new();

    public FakeStateFile Note { get; } = new() { Name = "target.binarysync-set" };

    public byte[] Content => Disk.Content;

    public SetResult Apply(params byte[][] parts) => Apply(new ApplySpecification(), parts);

    public SetResult Apply(ApplySpecification specification, params byte[][] parts) =>
        SetApplyOperation.Run(Disk, Look(parts)!, FourSteps.Places(Journal), Note, specification, FourSteps.Threads(2));

    /// <summary>Applies one part and returns its undo file.</summary>
    public byte[] ApplyWithUndo(byte[] part) => ApplyWithUndo(part, new FakeUndoPlace());

    /// <summary>Applies one part and returns its undo file, which is in its place even if the run ends before that.</summary>
    public byte[] ApplyWithUndo(byte[] part, FakeUndoPlace undo)
    {
        SetApplyOperation.Run(Disk, Look(part)!, FourSteps.Places(Journal, undo), Note, new ApplySpecification(), FourSteps.Threads(2));
        return undo.Content!;
    }

    /// <summary>The same disk, in another process.</summary>
    public void Reopen()
    {
        FakeStorage old = Disk;
        Disk = new FakeStorage(old.Cache, old.Kind);
        for (long times = old.ReadStamp().ModifiedNanoseconds - Disk.ReadStamp().ModifiedNanoseconds; times > 0; times--)
        {
            Disk.Touch();
        }
    }

    /// <summary>Somebody else puts other content there.</summary>
    public void Replace(byte[] other)
    {
        long times = Disk.ReadStamp().ModifiedNanoseconds;
        Disk = new FakeStorage(DiskImage.Of(other), Disk.Kind);
        while (Disk.ReadStamp().ModifiedNanoseconds <= times)
        {
            Disk.Touch();
        }
    }

    public static PartFiles? Look(params byte[][] parts) => PartFiles.Look(
        [.. parts.Select((part, i) => new PartSource($"given.{i + 1}.dtf", () => new MemoryFile(part)))], FourSteps.Threads(1));
}
