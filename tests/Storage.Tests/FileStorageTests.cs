using BinarySync.Storage.Disks;
using BinarySync.Storage.Files;

namespace BinarySync.Storage.Tests;

/// <summary>Regular files on Linux and through the portable fallback alike.</summary>
public sealed class FileStorageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<bool> Both => OperatingSystem.IsLinux() ? [false, true] : [true];

    private static IReadableStorage Source(string path, bool portable) =>
        portable ? PortableStorage.OpenSource(path) : StorageAccess.OpenSource(path);

    private static IWritableStorage Target(string path, bool portable, bool readOnly = false, params string[] messages) =>
        portable ? PortableStorage.OpenTarget(path, messages, readOnly) : StorageAccess.OpenTarget(path, messages, readOnly);

    [Theory]
    [MemberData(nameof(Both))]
    public void A_source_is_read_at_any_offset(bool portable)
    {
        string path = _directory.File("a", 10_000);
        using IReadableStorage source = Source(path, portable);
        byte[] buffer = new byte[777];

        source.Read(buffer, 9_223);

        Assert.Equal(Bytes.Pattern(10_000)[9_223..], buffer);
        Assert.Equal((path, 10_000L, StorageKind.RegularFile), (source.Name, source.Length, source.Kind));
        source.Read([], 10_000);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_somebody_has_appended_is_neither_cut_nor_patched(bool portable)
    {
        string path = _directory.File("a", 1000);
        using (IWritableStorage target = Target(path, portable))
        {
            target.DemandLength();
            Command.Demand("sh", "-c", $"printf added >> {path}");

            Assert.Contains(
                "has 1005 bytes instead of 1000",
                Expect.Error(StorageError.LengthChanged, target.DemandLength).Message,
                StringComparison.Ordinal);
            Expect.Error(StorageError.LengthChanged, () => target.SetLength(500));
            Expect.Error(StorageError.LengthChanged, () => target.SetLength(2000));
            target.ReleasePastEnd();
        }

        Assert.Equal(1005, new FileInfo(path).Length);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_has_more_than_its_size_says_is_refused_and_an_empty_one_is_not(bool portable)
    {
        Expect.Error(StorageError.SizeUntrue, () => Source("/proc/self/status", portable).Dispose());
        using IReadableStorage empty = Source(_directory.File("empty", 0), portable);
        Assert.Equal(0, empty.Length);
    }

    [LinuxFact]
    public void Room_is_what_the_file_system_has_free()
    {
        using IWritableStorage target = Target(_directory.File("a", 1000), portable: false);
        target.DemandRoom(1 << 20);
        Expect.Error(StorageError.NoSpace, () => target.DemandRoom(1L << 60));
    }

    [LinuxFact]
    public void A_file_that_has_taken_the_name_of_another_one_is_told_apart()
    {
        string path = _directory.File("a", 1000);
        FileBirth? before = BirthOf(path);
        using (FileStream written = File.OpenWrite(path))
        {
            written.SetLength(2000);
        }

        FileBirth? same = BirthOf(path);
        File.Move(_directory.File("b", 1000), path, overwrite: true);

        // Not every file system keeps inode numbers: then there is nothing to be told.
        Assert.Equal(before, same);
        Assert.Equal(before is null, BirthOf(path) is null);
        Assert.False(before is { } birth && birth.MayBe(BirthOf(path)!.Value));
    }

    private static FileBirth? BirthOf(string path)
    {
        using IReadableStorage storage = StorageAccess.OpenSource(path);
        return storage.ReadBirth();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Reading_past_the_end_is_an_error_with_the_offset_of_the_end(bool portable)
    {
        using IReadableStorage source = Source(_directory.File("a", 1000), portable);

        Assert.Equal(1000, Expect.Error(StorageError.EndReached, () => source.Read(new byte[2], 999)).Offset);
        Expect.Error(StorageError.EndReached, () => source.Read(new byte[1], 5000));
        Expect.Error(StorageError.EndReached, () => source.ReadBelowCache(new byte[2], 999));
        Expect.Error(StorageError.EndReached, () => source.ReadBelowCache(new byte[1], 5000));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void What_is_written_is_read_again_and_the_length_follows(bool portable)
    {
        string path = _directory.File("a", 1000);
        using (IWritableStorage target = Target(path, portable))
        {
            target.SetLength(3000);
            target.Write(Bytes.Pattern(500, seed: 9), 2500);
            target.Flush();
            Assert.Equal(3000, target.Length);
            Assert.Equal(Bytes.Pattern(500, seed: 9), target.ReadAll()[2500..]);
            Assert.All(target.ReadAll()[1000..2500], value => Assert.Equal(0, value));
            target.SetLength(10);
            target.Flush();
        }

        Assert.Equal(Bytes.Pattern(1000)[..10], File.ReadAllBytes(path));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Writing_past_the_end_is_a_defect(bool portable)
    {
        using IWritableStorage target = Target(_directory.File("a", 1000), portable);

        Assert.Throws<ArgumentOutOfRangeException>(() => target.Write([1, 2], 999));
        Assert.Throws<ArgumentOutOfRangeException>(() => target.Write([1], -1));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_dry_run_refuses_to_write(bool portable)
    {
        string path = _directory.File("a", 1000);
        using IWritableStorage target = Target(path, portable, readOnly: true);

        Assert.Throws<InvalidOperationException>(() => target.Write([0], 0));
        Assert.Throws<InvalidOperationException>(() => target.SetLength(5));
        Assert.Equal(Bytes.Pattern(1000), target.ReadAll());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Missing_directories_and_messages_are_refused(bool portable)
    {
        string path = _directory.File("a", 10);

        Expect.Error(StorageError.NotFound, () => Source(_directory["none"], portable));
        Expect.Error(StorageError.NotFound, () => Target(_directory["none/a"], portable));
        Expect.Error(StorageError.IsDirectory, () => Source(_directory.Path, portable));
        Expect.Error(StorageError.IsDirectory, () => Target(_directory.Path, portable));
        StorageException error = Expect.Error(StorageError.InUse, () => Target(path, portable, messages: [_directory["b"], path]));
        Assert.Equal(path, error.Path);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_target_is_opened_once_at_a_time(bool portable)
    {
        string path = _directory.File("a", 10);
        using IWritableStorage first = Target(path, portable);

        Expect.Error(StorageError.InUse, () => Target(path, portable));
        Expect.Error(StorageError.InUse, () => Target(path, portable, readOnly: true));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void The_stamp_tells_a_change(bool portable)
    {
        string path = _directory.File("a", 10);
        using IReadableStorage source = Source(path, portable);
        SourceStamp before = source.ReadStamp();
        Assert.Equal(before, source.ReadStamp());

        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(5));
        Assert.Equal(5_000_000_000, source.ReadStamp().ModifiedNanoseconds);
        File.WriteAllBytes(path, [1]);
        Assert.Equal(1, source.ReadStamp().Length);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Many_threads_read_at_once(bool portable)
    {
        using IReadableStorage source = Source(_directory.File("a", 3_000_017), portable);
        byte[] expected = Bytes.Pattern(3_000_017);

        Parallel.For(0, 64, i =>
        {
            byte[] buffer = new byte[100_003];
            int offset = i * 45_000;
            source.ExtentAt(offset);
            source.Read(buffer, offset);
            Assert.Equal(expected[offset..(offset + buffer.Length)], buffer);
            source.ReadBelowCache(buffer, offset);
            Assert.Equal(expected[offset..(offset + buffer.Length)], buffer);
        });
    }

    [LinuxFact]
    public void Pipes_and_character_devices_are_refused_without_being_opened()
    {
        string pipe = _directory["pipe"];
        Command.Demand("mkfifo", pipe);

        Expect.Error(StorageError.NotAFileOrBlockDevice, () => StorageAccess.OpenSource(pipe));
        Expect.Error(StorageError.NotAFileOrBlockDevice, () => StorageAccess.OpenTarget(pipe, []));
        Expect.Error(StorageError.NotAFileOrBlockDevice, () => StorageAccess.OpenTarget("/dev/null", []));
    }

    [LinuxFact]
    public void A_message_under_another_name_of_the_target_is_seen()
    {
        string path = _directory.File("a", 10);
        File.CreateSymbolicLink(_directory["soft"], "a");
        Command.Demand("ln", path, _directory["hard"]);

        Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(path, [_directory["soft"]]));
        Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(path, [_directory["hard"]], readOnly: true));
        Assert.True(FileIdentity.IsSameFile(_directory["soft"], _directory["hard"]));
        Assert.False(FileIdentity.IsSameFile(_directory["soft"], _directory["none"]));
    }

    [LinuxFact]
    public void Errors_of_the_system_are_in_its_own_words()
    {
        StorageException error = Expect.Error(StorageError.OpenFailed, () => StorageAccess.OpenSource(new string('x', 300)));
        Assert.Contains("File name too long", error.Message, StringComparison.Ordinal);
        Assert.Equal(36, error.Errno);
    }

    [RootFact]
    public void A_file_that_grows_beyond_its_file_system_is_said_to_be_too_large()
    {
        using LoopDevice device = new(_directory.Sparse("image", 2 << 20));
        using Mount mount = Mount.Ext4(device, _directory["mounted"]);
        string path = Path.Combine(mount.Point, "a");
        File.WriteAllBytes(path, [1]);
        using IWritableStorage target = StorageAccess.OpenTarget(path, []);

        Expect.Error(StorageError.FileTooLarge, () => target.SetLength(1L << 60));
        Assert.Equal(1, target.Length);
    }

    [LinuxTheory("python3")]
    [InlineData("37, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0)")]
    [InlineData("37, struct.pack('hhqqi', fcntl.F_RDLCK, 0, 100, 1, 0)")] // as virtual machines do
    [InlineData("fcntl.F_SETLK, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 5, 1, 0)")]
    public void Locks_of_other_processes_are_respected(string arguments)
    {
        string path = _directory.File("a", 1000);
        string script = $"""
            import fcntl, struct, sys
            file = open('{path}', 'r+b')
            fcntl.fcntl(file, {arguments})
            print('locked', flush=True)
            sys.stdin.read()
            """;
        using (System.Diagnostics.Process holder = Command.Start("python3", "-c", script))
        {
            Assert.Equal("locked", holder.StandardOutput.ReadLine());
            StorageException error = Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(path, []));
            Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
            Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(path, [], readOnly: true));
            StorageAccess.OpenSource(path).Dispose();
            holder.StandardInput.Close();
            holder.WaitForExit();
        }

        Targets.DemandFree(path);
    }
}
