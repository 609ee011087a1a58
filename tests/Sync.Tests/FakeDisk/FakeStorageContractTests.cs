using BinarySync.Tests.Contract;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>The disk of the tests keeps the contract of the real ones.</summary>
public abstract class FakeStorageContract(StorageKind kind) : FlushFailureContract
{
    private FakeStorage? _disk;

    protected override IWritableStorage Open(byte[] content) => _disk = new FakeStorage(DiskImage.Of(content), kind);

    protected override IWritableStorage OpenLosing() =>
        new FakeStorage(DiskImage.Of(new byte[Size]), kind).FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));

    protected override byte[] Kept() => _disk!.Medium.ToArray();

    protected override void LengthenFromOutside(int bytes) => _disk!.AppendedByOthers = bytes;

    protected override void WriteFromOutside() => _disk!.Touch();

    protected override void Remove()
    {
    }
}

public sealed class FakeFileContractTests() : FakeStorageContract(StorageKind.RegularFile);

public sealed class FakeDeviceContractTests() : FakeStorageContract(StorageKind.BlockDevice);
