using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

/// <summary>Where journals and spools go.</summary>
public sealed class StatePlacesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_journal_of_a_file_lies_beside_it()
    {
        string target = _directory.File("disk.img", 5);
        using StateFile journal = StateDirectory.JournalOf(target, directory: null);
        Assert.Equal(_directory["disk.img.binarysync-journal"], journal.Name);
        Assert.Equal(["disk.img"], _directory.Names);

        journal.Replace("content"u8);
        Assert.Equal(["disk.img", "disk.img.binarysync-journal"], _directory.Names);
    }

    [LinuxTheory]
    [InlineData("/state", "/home/x", "/state/binarysync")]
    [InlineData("state", "/home/x", "/home/x/.local/state/binarysync")]
    [InlineData(null, "/home/x", "/home/x/.local/state/binarysync")]
    [InlineData("", "/home/x", "/home/x/.local/state/binarysync")]
    [InlineData(null, "", "/var/lib/binarysync")]
    [InlineData("state", "x", "/var/lib/binarysync")]
    public void The_state_of_a_device_never_depends_on_the_current_directory(string? state, string home, string directory) =>
        Assert.Equal(directory, StateDirectory.UserState(state, home));

    [Fact]
    public void The_note_of_a_set_lies_where_the_journal_lies()
    {
        string target = _directory.File("disk.img", 5);
        Directory.CreateDirectory(_directory["journals"]);
        using StateFile beside = StateDirectory.SetNoteOf(target, directory: null);
        using StateFile given = StateDirectory.SetNoteOf(target, _directory["journals"]);

        Assert.Equal(_directory["disk.img.binarysync-set"], beside.Name);
        Assert.Equal(Path.ChangeExtension(JournalOf(target, _directory["journals"]), ".set"), given.Name);
    }

    [LinuxFact]
    public void It_lies_beside_the_real_file_under_any_name_that_leads_there()
    {
        Directory.CreateDirectory(_directory["there"]);
        _directory.File("there/disk.img", 5);
        File.CreateSymbolicLink(_directory["directory"], "there");
        File.CreateSymbolicLink(_directory["link"], "directory/disk.img");

        string expected = _directory["there/disk.img.binarysync-journal"];
        Assert.Equal(expected, JournalOf(_directory["link"]));
        Assert.Equal(expected, JournalOf(_directory["directory/disk.img"]));
        Assert.Equal(_directory["there"], StateDirectory.SpoolDirectoryFor(_directory["link"], given: null));
        Assert.Equal("/anywhere", StateDirectory.SpoolDirectoryFor(_directory["link"], "/anywhere"));
    }

    [LinuxFact]
    public void A_name_that_leaves_no_room_is_hashed()
    {
        string fits = new('n', 255 - ".binarysync-journal".Length);
        string[] names = [fits + "n", fits + "m", new('ö', 120)];
        string[] journals = [.. names.Select(name => JournalOf(_directory.File(name, 5)))];

        Assert.Equal(_directory[fits + ".binarysync-journal"], JournalOf(_directory.File(fits, 5)));
        Assert.All(journals, journal => Assert.Matches("^[0-9a-f]{32}[.]binarysync-journal$", Path.GetFileName(journal)));
        Assert.Equal(3, journals.Distinct().Count());
        using StateFile longest = StateDirectory.JournalOf(_directory[fits], directory: null);
        longest.Replace("content"u8);
    }

    [Fact]
    public void In_a_given_directory_it_is_named_by_the_targets_identity()
    {
        Directory.CreateDirectory(_directory["journals"]);
        string one = JournalOf(_directory.File("one", 5), _directory["journals"]);
        string two = JournalOf(_directory.File("two", 5), _directory["journals"]);

        Assert.Equal(_directory["journals"], Path.GetDirectoryName(one));
        Assert.Matches("^[0-9a-f]{32}[.]journal$", Path.GetFileName(one));
        Assert.NotEqual(one, two);
        Assert.Equal(one, JournalOf(_directory["one"], _directory["journals"]));
        Expect.Error(StorageError.DirectoryMissing, () => StateDirectory.JournalOf(_directory["one"], _directory["none"]));
        Expect.Error(StorageError.DirectoryMissing, () => StateDirectory.JournalOf(_directory["one"], _directory["two"]));
    }

    [LinuxFact]
    public void What_cannot_be_a_target_has_no_journal()
    {
        Expect.Error(StorageError.NotFound, () => StateDirectory.JournalOf(_directory["none"], directory: null));
        Expect.Error(StorageError.IsDirectory, () => StateDirectory.JournalOf(_directory.Path, directory: null));
        Expect.Error(StorageError.NotAFileOrBlockDevice, () => StateDirectory.JournalOf("/dev/null", directory: null));
    }

    [RootFact]
    public void The_journal_of_a_device_lies_in_the_state_directory_which_is_made_when_it_is_written()
    {
        using LoopDevice device = new(_directory.Sparse("image", 1 << 20));
        StatePlaces places = new(_directory["state/of/binarysync"], StatePlaces.OwnerOnly);
        using StateFile journal = places.JournalOf(device.Path, given: null, readOnly: false);

        Assert.Equal(_directory["state/of/binarysync"], Path.GetDirectoryName(journal.Name));
        Assert.Null(journal.Read());
        journal.Remove();
        Assert.Equal(["image"], _directory.Names);
        journal.Replace("content"u8);
        Assert.Equal("700 700", $"{ModeOf("state")} {ModeOf("state/of/binarysync")}");

        // Another loop device over the same file is the same target.
        using LoopDevice again = new(_directory["image"]);
        using StateFile found = places.JournalOf(again.Path, given: null, readOnly: true);
        Assert.Equal("content"u8.ToArray(), found.Read());
    }

    [LinuxTheory]
    [InlineData("1777")]
    [InlineData("775")]
    public void The_journal_of_a_file_among_those_of_others_is_kept_in_the_state_directory(string mode)
    {
        Directory.CreateDirectory(_directory["shared"]);
        Command.Demand("chmod", mode, _directory["shared"]);
        string target = _directory.File("shared/disk.img", 5);
        StatePlaces places = new(_directory["state"], StatePlaces.OwnerOnly);
        using (StateFile journal = places.JournalOf(target, given: null, readOnly: false))
        {
            Assert.Equal((_directory["state"], _directory["shared"]), (Path.GetDirectoryName(journal.Name), journal.SharedPlace));
            Assert.Equal(_directory["state"], Path.GetDirectoryName(places.SetNoteOf(target, given: null, readOnly: false).Name));
            journal.Replace("content"u8);
        }

        Assert.Equal(["disk.img"], Directory.GetFiles(_directory["shared"]).Select(Path.GetFileName));

        // It is found again, whatever has become of the directory.
        Assert.Equal("content"u8.ToArray(), places.JournalOf(target, given: null, readOnly: true).Read());
        Command.Demand("chmod", "755", _directory["shared"]);
        using StateFile found = places.JournalOf(target, given: null, readOnly: false);
        Assert.Equal("content"u8.ToArray(), found.Read());
        Assert.Equal(_directory["state"], Path.GetDirectoryName(places.SetNoteOf(target, given: null, readOnly: false).Name));

        // Once it is gone, the usual place is the usual one again.
        found.Remove();
        Assert.Equal(target + ".binarysync-journal", places.JournalOf(target, given: null, readOnly: false).Name);
    }

    [LinuxTheory]
    [InlineData("journal", "file")]
    [InlineData("journal", "dangling")]
    [InlineData("set", "file")]
    [InlineData("set", "pipe")]
    public void What_lies_there_among_the_files_of_others_is_refused_by_name_and_not_passed_over(string kind, string what)
    {
        Directory.CreateDirectory(_directory["shared"]);
        string target = _directory.File("shared/disk.img", 5);
        string planted = $"{target}.binarysync-{kind}";
        switch (what)
        {
            case "file":
                File.WriteAllText(planted, "content");
                break;
            case "pipe":
                Command.Demand("mkfifo", planted);
                break;
            default:
                File.CreateSymbolicLink(planted, "nowhere");
                break;
        }

        Command.Demand("chmod", "1777", _directory["shared"]);
        StatePlaces places = new(_directory["state"], StatePlaces.OwnerOnly);
        StorageException error = Expect.Error(
            StorageError.Untrusted, () =>
                kind == "journal" ? places.JournalOf(target, null, readOnly: true) : places.SetNoteOf(target, null, readOnly: true));
        Assert.Equal(planted, error.Path);

        // A directory of one's own is the way out.
        Directory.CreateDirectory(_directory["own"]);
        Assert.Null(places.JournalOf(target, _directory["own"], readOnly: false).Read());
    }

    [LinuxFact]
    public void A_place_in_which_others_can_write_is_refused_where_it_was_named()
    {
        string target = _directory.File("disk.img", 5);
        Directory.CreateDirectory(_directory["given"]);
        Command.Demand("chmod", "1777", _directory["given"]);
        Expect.Error(StorageError.Untrusted, () => StateDirectory.JournalOf(target, _directory["given"]));
        Command.Demand("chmod", "770", _directory["given"]);
        Expect.Error(StorageError.Untrusted, () => StateDirectory.JournalOf(target, _directory["given"], readOnly: true));
    }

    [RootTheory]
    [InlineData("state", "chmod", "770")]
    [InlineData("state", "chown", "65534")]
    [InlineData("above", "chmod", "777")]
    [InlineData("above", "chown", "65534")]
    public void A_state_directory_of_others_is_refused(string what, string how, string value)
    {
        using LoopDevice device = new(_directory.Sparse("image", 1 << 20));
        Directory.CreateDirectory(_directory["above/state"]);
        Command.Demand(how, value, what == "state" ? _directory["above/state"] : _directory["above"]);
        StatePlaces places = new(_directory["above/state"], StatePlaces.OwnerOnly);

        Expect.Error(StorageError.Untrusted, () => places.JournalOf(device.Path, given: null, readOnly: true));
        Expect.Error(StorageError.Untrusted, () => { _ = places.SpoolDirectoryFor(device.Path, given: null); });
    }

    [RootFact]
    public void The_parents_of_the_systems_directory_stay_open_to_all()
    {
        StatePlaces places = new(_directory["var/lib/binarysync"], StatePlaces.EveryoneMayLook);
        using LoopDevice device = new(_directory.Sparse("image", 1 << 20));

        Assert.Equal(_directory["var/lib/binarysync"], places.SpoolDirectoryFor(device.Path, given: null));
        Assert.Equal("755 755 700", $"{ModeOf("var")} {ModeOf("var/lib")} {ModeOf("var/lib/binarysync")}");
    }

    [RootFact]
    public void A_volatile_state_directory_is_refused_for_a_journal_and_nothing_else()
    {
        using LoopDevice device = new(_directory.Sparse("image", 1 << 20));
        using Mount memory = Mount.Memory(_directory["memory"], "1m");
        StatePlaces places = new(Path.Combine(memory.Point, "lib/binarysync"), StatePlaces.OwnerOnly);

        StorageException error = Expect.Error(StorageError.OpenFailed, () => places.JournalOf(device.Path, given: null, readOnly: false));
        Assert.Equal((StorageContext.UsualStatePlace, 0), (error.Context, error.Errno));
        Assert.Empty(Directory.GetFileSystemEntries(memory.Point));

        // The user's word counts; a dry run writes nothing; a spool need not outlive the run.
        using StateFile given = places.JournalOf(device.Path, memory.Point, readOnly: false);
        given.Replace("content"u8);
        Assert.Null(places.JournalOf(device.Path, given: null, readOnly: true).Read());
        Assert.True(Directory.Exists(places.SpoolDirectoryFor(device.Path, given: null)));

        // A file that is volatile itself has its journal beside it all the same.
        string file = Path.Combine(memory.Point, "file");
        File.WriteAllText(file, "content");
        using StateFile beside = places.JournalOf(file, given: null, readOnly: false);
        beside.Replace("content"u8);
    }

    [RootFact]
    public void A_place_that_cannot_be_written_is_refused_before_hours_of_work()
    {
        using LoopDevice device = new(_directory.Sparse("image", 32 << 20));
        using (Mount mount = Mount.Ext4(device, _directory["mounted"]))
        {
            File.WriteAllText(Path.Combine(mount.Point, "file"), "content");
        }

        using Mount readOnly = Mount.Of(_directory["mounted"], "-o", "ro", device.Path);
        string file = Path.Combine(readOnly.Point, "file");
        StorageException error = Expect.Error(StorageError.OpenFailed, () => StateDirectory.JournalOf(file, directory: null));
        Assert.Equal(StorageContext.UsualStatePlace, error.Context);
        Assert.Null(StateDirectory.JournalOf(file, directory: null, readOnly: true).Read());
        Expect.Error(StorageError.OpenFailed, () => StateDirectory.JournalOf(_directory.File("b", 5), readOnly.Point));
    }

    [RootFact("strace")]
    public void A_directory_that_is_made_is_made_durable()
    {
        using TemporaryDirectory trace = new();
        using LoopDevice device = new(_directory.Sparse("image", 1 << 20));
        string state = _directory["state"];
        string line =
            $"strace -f -y -o '{trace["trace"]}' -e trace=mkdir,fsync,rename {Probe.CommandLine} journal '{device.Path}' "
                + $"'{state}/binarysync'";
        Assert.Equal(["done"], Probe.Shell(line));

        string[] made = [$"mkdir {state}", $"fsync {_directory.Path}", $"mkdir {state}/binarysync", $"fsync {state}"];
        Assert.Equal(made, CallTrace.Calls(trace["trace"], _directory.Path)[..4]);

        // A run may have died between making it and flushing it.
        Assert.Equal(["done"], Probe.Shell(line));
        Assert.Contains($"fsync {state}", CallTrace.Calls(trace["trace"], _directory.Path)[..2]);
    }

    private static string JournalOf(string target, string? directory = null)
    {
        using StateFile journal = StateDirectory.JournalOf(target, directory);
        return journal.Name;
    }

    private string ModeOf(string name) => Command.Demand("stat", "-c", "%a", _directory[name]);
}
