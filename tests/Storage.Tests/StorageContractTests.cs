using BinarySync.Storage.Disks;
using BinarySync.Tests.Contract;

namespace BinarySync.Storage.Tests;

/// <summary>The contract on a file.</summary>
public abstract class FileContract : StorageContract
{
    private readonly TemporaryDirectory _directory = new();

    protected override IWritableStorage Open(byte[] content)
    {
        File.WriteAllBytes(_directory["file"], content);
        Children.Settle();
        return Open(_directory["file"]);
    }

    protected abstract IWritableStorage Open(string path);

    // Another process: a lock that this one has does not keep out the process itself.
    protected override byte[] Kept()
    {
        Command.Demand("cp", _directory["file"], _directory["copy"]);
        return File.ReadAllBytes(_directory["copy"]);
    }

    protected override void LengthenFromOutside(int bytes) =>
        Command.Demand("sh", "-c", $"head -c {bytes} /dev/zero >> {_directory["file"]}");

    protected override void WriteFromOutside() =>
        Command.Demand("sh", "-c", $"printf x | dd of={_directory["file"]} conv=notrunc status=none");

    protected override void Remove() => _directory.Dispose();
}

[NeedsLinux]
public sealed class LinuxFileContractTests : FileContract
{
    protected override IWritableStorage Open(string path) => StorageAccess.OpenTarget(path, []);
}

[NeedsLinux]
public sealed class PortableContractTests : FileContract
{
    protected override IWritableStorage Open(string path) => PortableStorage.OpenTarget(path, [], readOnly: false);
}

[NeedsLinux]
public sealed class RateLimitedContractTests : FileContract
{
    protected override IWritableStorage Open(string path) =>
        new RateLimitedTarget(StorageAccess.OpenTarget(path, []), Limiter(), Limiter());

    private static RateLimiter Limiter() => new(1L << 40, TimeProvider.System, default);
}

[NeedsLoopDevices]
public sealed class LoopDeviceContractTests : FlushFailureContract
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Stack<IDisposable> _made = [];

    protected override IWritableStorage Open(byte[] content)
    {
        File.WriteAllBytes(_directory["image"], content);
        return StorageAccess.OpenTarget(Made(new LoopDevice(_directory["image"])).Path, []);
    }

    // A disk of which less than half is there.
    protected override IWritableStorage OpenLosing()
    {
        Mount memory = Made(Mount.Memory(_directory["small"], "256k"));
        string image = Path.Combine(memory.Point, "image");
        using (FileStream file = File.Create(image))
        {
            file.SetLength(Size);
        }

        return StorageAccess.OpenTarget(Made(new LoopDevice(image)).Path, []);
    }

    protected override byte[] Kept() => File.ReadAllBytes(_directory["image"]);

    protected override void LengthenFromOutside(int bytes) => throw new NotSupportedException();

    protected override void WriteFromOutside() => throw new NotSupportedException();

    protected override void Remove()
    {
        try
        {
            RemoveMade();
        }
        finally
        {
            _directory.Dispose();
        }
    }

    // All of it, also if something does not go away.
    private void RemoveMade()
    {
        if (_made.TryPop(out IDisposable? last))
        {
            try
            {
                last.Dispose();
            }
            finally
            {
                RemoveMade();
            }
        }
    }

    private T Made<T>(T made)
        where T : IDisposable
    {
        _made.Push(made);
        return made;
    }
}
