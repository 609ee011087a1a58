using BinarySync.Storage.Disks;
using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

/// <summary>Which entry a name belongs to.</summary>
public sealed class StorageSchemesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Export _export = new("nbd", isTarget: true);
    private readonly Export _readOnly = new("store+tls", isTarget: false);
    private readonly StorageSchemes _schemes;

    public StorageSchemesTests() => _schemes = new StorageSchemes(new PortablePaths(), _export, _readOnly);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("disk.img")]
    [InlineData("./nbd://host/disk")]
    [InlineData("/nbd://host/disk")]
    [InlineData("nbd:host")]
    [InlineData("nbd:/host")]
    [InlineData("C://disk.img")] // a drive
    [InlineData("9p://host")]
    [InlineData("+nbd://host")]
    [InlineData("a disk://host")]
    [InlineData("disk_1://host")]
    [InlineData("://host")]
    [InlineData("")]
    public void What_begins_with_no_scheme_is_a_path(string name)
    {
        Assert.IsType<PortablePaths>(_schemes.OfSource(name));
        Assert.IsType<PortablePaths>(_schemes.OfTarget(name));
    }

    [Theory]
    [InlineData("nbd://host/disk")]
    [InlineData("NBD://")]
    public void A_scheme_belongs_to_its_entry(string name)
    {
        Assert.Same(_export, _schemes.OfSource(name));
        Assert.Same(_export, _schemes.OfTarget(name));
    }

    [Fact]
    public void An_entry_that_is_no_target_is_a_source_alone()
    {
        Assert.Same(_readOnly, _schemes.OfSource("store+tls://a"));
        StorageException refused = Expect.Error(StorageError.UnknownScheme, () => _schemes.OfTarget("store+tls://a"));
        Assert.Equal("store+tls://a: store+tls:// names no target here; known are paths, nbd://", refused.Message);
    }

    [Fact]
    public void What_nobody_knows_is_refused_with_what_is_known()
    {
        StorageException refused = Expect.Error(StorageError.UnknownScheme, () => _schemes.OfSource("nbds://host/disk"));
        Assert.Equal("nbds://host/disk: nbds:// names no source here; known are paths, nbd://, store+tls://", refused.Message);
    }

    [Fact]
    public void Opening_and_places_of_state_refuse_it_alike()
    {
        const string Name = "nbd://host/disk";
        Expect.Error(StorageError.UnknownScheme, () => StorageAccess.OpenSource(Name));
        Expect.Error(StorageError.UnknownScheme, () => StorageAccess.OpenTarget(Name, []));
        Expect.Error(StorageError.UnknownScheme, () => TargetIdentity.Of(Name));
        Expect.Error(StorageError.UnknownScheme, () => StateDirectory.JournalOf(Name, _directory.Path));
        Expect.Error(StorageError.UnknownScheme, () => StateDirectory.SpoolDirectoryFor(Name, given: null));
    }

    private sealed class Export(string prefix, bool isTarget) : StorageScheme
    {
        public override string? Prefix => prefix;

        public override bool CanBeTarget => isTarget;

        public override IReadableStorage OpenSource(string name, CachePolicy cache) => throw new NotSupportedException();

        public override IWritableStorage OpenTarget(
            string name, IReadOnlyList<string> messageFiles, bool readOnly, CachePolicy cache, bool unguarded) =>
            throw new NotSupportedException();

        public override string Identify(string name) => throw new NotSupportedException();

        public override bool NeedsStateDirectory(string name) => true;
    }
}
