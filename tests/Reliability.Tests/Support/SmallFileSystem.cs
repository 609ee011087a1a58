namespace BinarySync.Reliability.Tests.Support;

/// <summary>A small file system on a loop device, which can be filled.</summary>
public sealed class SmallFileSystem : IDisposable
{
    private const string Filler = "filler";
    private const string Room = "room";

    private readonly TemporaryDirectory _directory = new();
    private readonly LoopDevice _device;
    private readonly Mount _mount;

    /// <param name="kind">ext4, xfs or btrfs.</param>
    public SmallFileSystem(string kind)
    {
        // xfs and btrfs refuse to be made smaller.
        int megabytes = kind == "ext4" ? 48 : 320;
        _device = new LoopDevice(_directory.Sparse("image", (long)megabytes << 20));
        try
        {
            Command.Demand($"mkfs.{kind}", kind == "ext4" ? ["-q", "-F", "-m", "0", _device.Path] : ["-q", "-f", _device.Path]);
            _mount = Mount.Of(_directory["mounted"], _device.Path);
        }
        catch
        {
            _device.Dispose();
            _directory.Dispose();
            throw;
        }
    }

    /// <summary>The three that differ most in how they hand out space, or those of them that can be made here.</summary>
    public static TheoryData<string> Kinds => [.. KindNames];

    public static IEnumerable<string> KindNames => new[] { "ext4", "xfs", "btrfs" }.Where(kind => Command.Exists($"mkfs.{kind}"));

    public string Root => _mount.Point;

    public string this[string name] => Path.Combine(Root, name);

    public IEnumerable<string> Names =>
        Directory.EnumerateFileSystemEntries(Root)
            .Select(path => Path.GetFileName(path))
            .Where(name => name is not (Filler or Room or "lost+found"))
            .Order();

    /// <summary>Fills it, but for some room.</summary>
    public void FillExcept(int room)
    {
        WriteUntilFull(Room, room);
        WriteUntilFull(Filler, long.MaxValue);
        File.Delete(this[Room]);
        Command.Demand("sync", "--file-system", Root);
    }

    /// <summary>Gives the room back.</summary>
    public void Free()
    {
        File.Delete(this[Filler]);
        Command.Demand("sync", "--file-system", Root);
    }

    public void Dispose()
    {
        try
        {
            _mount.Dispose();
        }
        finally
        {
            _device.Dispose();
            _directory.Dispose();
        }
    }

    // Not zeros, which some file systems keep in no space at all.
    private void WriteUntilFull(string name, long most)
    {
        byte[] piece = Bytes.Pattern(1 << 20);
        using FileStream file = new(this[name], FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int length = piece.Length; length >= 512 && most > 0;)
        {
            try
            {
                int some = (int)Math.Min(length, most);
                file.Write(piece, 0, some);
                most -= some;
                if (file.Position % (16 << 20) == 0)
                {
                    file.Flush(flushToDisk: true);
                }
            }
            catch (IOException)
            {
                length /= 2;
            }
        }

        try
        {
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // Full is what it is to be.
        }
    }
}
