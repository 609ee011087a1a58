using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

/// <summary>State is believed only where nobody else can have written it.</summary>
public sealed class StateTrustTests : IDisposable
{
    private const string Somebody = "65534";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxTheory]
    [InlineData("666")]
    [InlineData("620")]
    [InlineData("602")]
    public void A_file_that_others_can_write_is_not_believed(string mode)
    {
        (StateFile state, RedoFile redo) = Made();
        Command.Demand("chmod", mode, state.Name, redo.Name);
        DemandRefused(state, redo);

        Command.Demand("chmod", "644", state.Name, redo.Name);
        DemandTaken(state, redo);
    }

    [RootFact]
    public void A_file_of_another_user_is_not_believed()
    {
        (StateFile state, RedoFile redo) = Made();
        Command.Demand("chown", Somebody, state.Name, redo.Name);
        DemandRefused(state, redo);

        Command.Demand("chown", "0", state.Name, redo.Name);
        DemandTaken(state, redo);
    }

    [LinuxTheory]
    [InlineData("1777")] // as /tmp
    [InlineData("777")]
    [InlineData("2775")] // as a directory of images that a group shares
    [InlineData("702")]
    public void In_a_directory_in_which_others_can_write_nothing_is_believed_or_begun(string mode)
    {
        (StateFile state, RedoFile redo) = Made();
        Command.Demand("chmod", mode, _directory["place"]);
        DemandRefused(state, redo);
        Expect.Error(StorageError.Untrusted, () => state.Replace("new"u8));
        Expect.Error(StorageError.Untrusted, redo.Create);

        Command.Demand("chmod", "755", _directory["place"]);
        Assert.Equal(["a-journal", "a-redo"], Directory.GetFiles(_directory["place"]).Select(Path.GetFileName).Order());
        DemandTaken(state, redo);
    }

    [RootFact]
    public void In_a_directory_of_another_user_nothing_is_believed_or_begun()
    {
        (StateFile state, RedoFile redo) = Made();
        Command.Demand("chown", Somebody, _directory["place"]);
        DemandRefused(state, redo);
        Expect.Error(StorageError.Untrusted, () => state.Replace("new"u8));
        Expect.Error(StorageError.Untrusted, redo.Create);
    }

    [LinuxFact]
    public void A_redo_that_is_a_link_or_a_pipe_is_not_read()
    {
        (StateFile state, RedoFile redo) = Made();
        using (state)
        using (redo)
        {
            File.Move(redo.Name, _directory["there"]);
            File.CreateSymbolicLink(redo.Name, _directory["there"]);
            Expect.Error(StorageError.OpenFailed, () => _ = redo.Read(new byte[1], 0));
            File.Delete(redo.Name);
            Command.Demand("mkfifo", redo.Name);
            Expect.Error(StorageError.OpenFailed, () => _ = redo.Read(new byte[1], 0));
        }
    }

    [RootFact]
    public void A_stick_on_which_all_is_everybodys_is_no_place_for_state()
    {
        // vfat with umask=0 shows all as this does; not every kernel has it.
        using Mount stick = Mount.Of(_directory["stick"], "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs");
        string target = Path.Combine(stick.Point, "disk.img");
        File.WriteAllText(target, "content");
        StatePlaces places = new(_directory["state"], StatePlaces.OwnerOnly);
        using StateFile journal = places.JournalOf(target, given: null, readOnly: false);
        journal.Replace("content"u8);

        Assert.Equal(_directory["state"], Path.GetDirectoryName(journal.Name));
        Assert.Equal(stick.Point, journal.SharedPlace);
        Assert.Equal(["disk.img"], Directory.GetFiles(stick.Point).Select(Path.GetFileName));
    }

    [RootFact]
    public void An_undo_file_that_others_could_have_written_does_not_lead_back()
    {
        string path = _directory.File("undo.dtf", 100);
        UndoPlace place = new(path);
        Command.Demand("chown", Somebody, path);
        Expect.Error(StorageError.Untrusted, () => place.OpenExisting(CancellationToken.None)!);
        Command.Demand("chown", "0", path);
        Command.Demand("chmod", "664", path);
        Expect.Error(StorageError.Untrusted, () => place.OpenExisting(CancellationToken.None)!);

        Command.Demand("chmod", "644", path);
        File.CreateSymbolicLink(_directory["link"], path);
        Expect.Error(StorageError.IsLink, () => new UndoPlace(_directory["link"]).OpenExisting(CancellationToken.None)!);
        using Stream taken = place.OpenExisting(CancellationToken.None)!;
        Assert.Equal(100, taken.Length);
    }

    private (StateFile State, RedoFile Redo) Made()
    {
        Directory.CreateDirectory(_directory["place"]);
        StateFile state = new(_directory["place/a-journal"]);
        state.Replace("content"u8);
        using (RedoFile redo = RedoFile.Of(state))
        {
            redo.Create();
            redo.Write("redo"u8, 0);
            redo.Flush();
        }

        return (state, RedoFile.Of(state));
    }

    private static void DemandRefused(StateFile state, RedoFile redo)
    {
        using StateFile other = new(state.Name);
        Assert.Equal(state.Name, Expect.Error(StorageError.Untrusted, () => _ = other.Read()).Path);
        using RedoFile again = RedoFile.Of(state);
        Assert.Equal(redo.Name, Expect.Error(StorageError.Untrusted, () => _ = again.Read(new byte[4], 0)).Path);
    }

    private static void DemandTaken(StateFile state, RedoFile redo)
    {
        using (state)
        using (redo)
        {
            Assert.Equal("content"u8.ToArray(), state.Read());
            byte[] content = new byte[4];
            Assert.Equal(4, redo.Read(content, 0));
            Assert.Equal("redo"u8.ToArray(), content);
        }
    }
}
