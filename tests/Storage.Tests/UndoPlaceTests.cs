using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

public sealed class UndoPlaceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_undo_file_is_made_once_and_found_again()
    {
        UndoPlace place = new(_directory["undo.dtf"]);
        Assert.Equal(_directory["undo.dtf"], place.Name);
        Assert.Null(place.OpenExisting(CancellationToken.None));
        using (Stream spool = place.CreateSpool())
        {
            spool.Write(Bytes.Pattern(1000));
            Assert.DoesNotContain("undo.dtf", _directory.Names);
            using MessageOutput output = place.Create();
            spool.Position = 0;
            spool.CopyTo(output.Stream);
            output.Commit();
        }

        Assert.Equal(["undo.dtf"], _directory.Names);
        using Stream existing = place.OpenExisting(CancellationToken.None)!;
        Assert.True(existing is { CanSeek: true, CanWrite: false, Length: 1000 });
        byte[] read = new byte[1000];
        existing.ReadExactly(read);
        Assert.Equal(Bytes.Pattern(1000), read);
        Expect.Error(StorageError.Exists, place.Create);
    }

    [Fact]
    public void Its_directory_must_exist()
    {
        UndoPlace place = new(_directory["none/undo.dtf"]);
        Assert.Null(place.OpenExisting(CancellationToken.None));
        Expect.Error(StorageError.DirectoryMissing, place.CreateSpool);
        Expect.Error(StorageError.DirectoryMissing, place.Create);
        Expect.Error(StorageError.IsDirectory, () => new UndoPlace(_directory.Path).OpenExisting(CancellationToken.None)!);
    }

    [LinuxFact]
    public void What_is_no_file_is_neither_waited_for_nor_replaced()
    {
        Command.Demand("mkfifo", _directory["pipe"]);
        Expect.Error(StorageError.Exists, () => new UndoPlace(_directory["pipe"]).OpenExisting(CancellationToken.None)!);
        Expect.Error(StorageError.Exists, () => new UndoPlace("/dev/null").OpenExisting(CancellationToken.None)!);
    }
}
