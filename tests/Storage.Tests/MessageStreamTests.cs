using BinarySync.Storage.Disks;
using BinarySync.Storage.Messages;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Tests;

/// <summary>Message inputs, spool files and the standard streams.</summary>
public sealed class MessageStreamTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_message_file_is_read_and_sought()
    {
        using Stream input = MessageInput.Open(_directory.File("a", 1000));
        Assert.True(input.CanSeek);
        Assert.False(input.CanWrite);
        Assert.Equal(1000, input.Length);

        input.Seek(-10, SeekOrigin.End);
        byte[] tail = new byte[20];
        Assert.Equal(10, input.Read(tail));
        Assert.Equal(Bytes.Pattern(1000)[990..], tail[..10]);
        Assert.Equal(0, input.Read(tail));
        Assert.Equal(-1, input.ReadByte());

        input.Position = 500;
        input.Seek(-1, SeekOrigin.Current);
        Assert.Equal(Bytes.Pattern(1000)[499], input.ReadByte());
        Assert.Equal(500, input.Position);
        Assert.Throws<ArgumentOutOfRangeException>(() => input.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => input.Write(tail));
    }

    [Fact]
    public void A_message_file_is_read_at_any_place_without_moving()
    {
        using Stream input = MessageInput.Open(_directory.File("a", 1000));
        input.Position = 10;
        byte[] some = new byte[20];
        Assert.Equal(20, ((IPositionalReader)input).ReadAt(some, 500));
        Assert.Equal(Bytes.Pattern(1000)[500..520], some);
        Assert.Equal(5, ((IPositionalReader)input).ReadAt(some, 995));
        Assert.Equal(0, ((IPositionalReader)input).ReadAt(some, 2000));
        Assert.Equal(10, input.Position);
    }

    [Fact]
    public void What_is_missing_or_a_directory_is_refused()
    {
        Expect.Error(StorageError.NotFound, () => MessageInput.Open(_directory["none"]));
        Expect.Error(StorageError.IsDirectory, () => MessageInput.Open(_directory.Path));
    }

    [LinuxFact]
    public void A_pipe_is_read_forward()
    {
        string pipe = _directory["pipe"];
        Command.Demand("mkfifo", pipe);
        _directory.File("a", 300_000);
        using System.Diagnostics.Process writer = Command.Start("sh", "-c", $"cat '{_directory["a"]}' > '{pipe}'");
        using Stream input = MessageInput.Open(pipe);
        using MemoryStream all = new();

        input.CopyTo(all);

        Assert.False(input.CanSeek);
        Assert.Equal(300_000, input.Position);
        Assert.Equal(Bytes.Pattern(300_000), all.ToArray());
        writer.WaitForExit();
    }

    [RootFact]
    public void A_block_device_may_be_a_message()
    {
        using LoopDevice device = new(_directory.File("image", 4096));
        using Stream input = MessageInput.Open(device.Path);
        byte[] read = new byte[4096];
        input.ReadExactly(read);
        Assert.Equal(Bytes.Pattern(4096), read);
    }

    [Fact]
    public void A_spool_file_has_no_name_and_keeps_what_is_written()
    {
        using Stream spool = SpoolFile.Create(_directory.Path);
        if (OperatingSystem.IsLinux())
        {
            Assert.Empty(_directory.Names);
        }

        WriteAndRead(spool);
    }

    [LinuxFact]
    public void A_spool_file_works_where_there_are_no_nameless_files()
    {
        using SafeFileHandle file = SpoolFile.CreateAndUnlink(_directory.Path);
        Assert.Empty(_directory.Names);
        using SeekableStream spool = new(file, _directory.Path, writable: true);
        WriteAndRead(spool);
    }

    [Fact]
    public void A_spool_file_needs_its_directory() =>
        Expect.Error(StorageError.DirectoryMissing, () => SpoolFile.Create(_directory["none"]));

    [RootFact]
    public void A_full_disk_is_said_to_be_one()
    {
        using Mount mount = Mount.Memory(_directory["small"], "1m");
        using (Stream spool = SpoolFile.Create(mount.Point))
        {
            StorageException error = Expect.Error(StorageError.NoSpace, () => spool.Write(new byte[2 << 20]));
            Assert.Equal(mount.Point, error.Path);
        }

        string path = Path.Combine(mount.Point, "a");
        File.WriteAllBytes(path, Bytes.Pattern(1000));
        using IWritableStorage target = StorageAccess.OpenTarget(path, []);
        Expect.Error(StorageError.NoSpace, () => target.TryAllocate(0, 4 << 20));
        Assert.Equal(Bytes.Pattern(1000), target.ReadAll());
        target.SetLength(4 << 20);
        Expect.Error(StorageError.NoSpace, () => target.Write(new byte[4 << 20], 0));
    }

    [LinuxFact]
    public void Standard_input_is_read_to_its_end() =>
        Assert.Equal(["done", "300000"], Probe.Shell($"head -c 300000 /dev/zero | {Probe.CommandLine} stdin"));

    [LinuxFact]
    public void Standard_output_goes_whole_to_a_pipe_and_a_file()
    {
        Assert.Equal(["done", "300000"], Probe.Shell($"{Probe.CommandLine} stdout 300000 | wc -c >&2"));
        Assert.Equal(["done"], Probe.Shell($"{Probe.CommandLine} stdout 300000 > '{_directory["a"]}'"));
        Assert.Equal(300_000, new FileInfo(_directory["a"]).Length);
        Assert.Equal(["done"], Probe.Shell($"{Probe.CommandLine} stdout 5 > /dev/null"));
    }

    [LinuxFact]
    public void A_reader_that_went_away_is_an_error() =>
        Assert.Equal(["WriteFailed"], Probe.Shell($"{Probe.CommandLine} stdout 10000000 | true"));

    [LinuxFact]
    public void A_full_device_on_standard_output_is_an_error() =>
        Assert.Equal(["NoSpace"], Probe.Shell($"{Probe.CommandLine} stdout 5 > /dev/full"));

    [LinuxFact("strace")]
    public void A_file_on_standard_output_is_flushed() =>
        Assert.Equal(
            ["FlushFailed"],
            Probe.Shell($"strace -f -o /dev/null -e inject=fsync:error=EIO {Probe.CommandLine} stdout 5 > '{_directory["a"]}'"));

    private static void WriteAndRead(Stream stream)
    {
        stream.Write(Bytes.Pattern(100_000));
        stream.Position = 10;
        stream.WriteByte(0);
        stream.Position = 0;
        byte[] read = new byte[100_000];
        stream.ReadExactly(read);
        byte[] expected = Bytes.Pattern(100_000);
        expected[10] = 0;
        Assert.Equal(expected, read);
        stream.SetLength(7);
        Assert.Equal(7, stream.Length);
    }
}
