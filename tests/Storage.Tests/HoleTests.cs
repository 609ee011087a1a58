using BinarySync.Storage.Disks;

namespace BinarySync.Storage.Tests;

public sealed class HoleTests : IDisposable
{
    private const int Mega = 1 << 20;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public void Extents_cover_a_sparse_file_without_gaps()
    {
        string path = _directory.Sparse("a", 10 * Mega);
        Put(path, 2 * Mega, Mega);
        Put(path, 7 * Mega, 5000);
        using IReadableStorage source = StorageAccess.OpenSource(path);

        List<StorageExtent> extents = Walk(source);

        Assert.Equal([true, false, true, false, true], extents.Select(extent => extent.IsHole));
        Assert.Equal(2 * Mega, extents[1].Offset);
        Assert.Equal(3 * Mega, extents[1].End);
        Assert.InRange(extents[3].Length, 5000, 65_536);
    }

    [LinuxFact]
    public void A_file_without_data_is_one_hole_and_a_full_one_is_one_extent()
    {
        using IReadableStorage hole = StorageAccess.OpenSource(_directory.Sparse("hole", 12_345));
        Assert.Equal(new StorageExtent(100, 12_245, IsHole: true), hole.ExtentAt(100));

        using IReadableStorage data = StorageAccess.OpenSource(_directory.File("data", 12_345));
        Assert.Equal(new StorageExtent(100, 12_245, IsHole: false), data.ExtentAt(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.ExtentAt(12_345));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.ExtentAt(-1));
    }

    [LinuxFact]
    public void True_holes_are_not_doubted()
    {
        using IReadableStorage hole = StorageAccess.OpenSource(_directory.Sparse("hole", 12_345));
        Assert.Null(hole.WeighHoles());
        using IReadableStorage data = StorageAccess.OpenSource(_directory.File("data", 12_345));
        Assert.Null(data.WeighHoles());
        using IReadableStorage nothing = StorageAccess.OpenSource(_directory.File("nothing", 0));
        Assert.Null(nothing.WeighHoles());

        // Many pieces, for which the file system keeps a table of its own, and a last block that is not full.
        string pieces = _directory.Sparse("pieces", (40 * Mega) + 5);
        for (int at = 0; at < 40 * Mega; at += 65_536)
        {
            Put(pieces, at, 4096);
        }

        Put(pieces, 40 * Mega, 5);
        using (FileStream file = File.OpenWrite(pieces))
        {
            file.Flush(flushToDisk: true);
        }

        using IReadableStorage many = StorageAccess.OpenSource(pieces);
        Assert.Null(many.WeighHoles());
    }

    [LinuxFact("fallocate")]
    public void Holes_for_which_the_file_takes_too_much_space_are_doubted()
    {
        string path = Path.Combine(_directory.Path, "reserved");
        Command.Demand("fallocate", "--length", $"{4 * Mega}", path);
        using IReadableStorage reserved = StorageAccess.OpenSource(path);
        if (Walk(reserved).Exists(extent => extent.IsHole))
        {
            Assert.True(reserved.WeighHoles() is { } claim && claim.HoleBytes > claim.PossibleBytes);
        }
    }

    [LinuxFact]
    public void A_file_that_was_cut_has_no_hole_where_its_end_was()
    {
        string path = _directory.File("a", 100_000);
        using IReadableStorage source = StorageAccess.OpenSource(path);
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(50_000);
        }

        List<StorageExtent> extents = Walk(source);

        Assert.DoesNotContain(extents, extent => extent.IsHole);
        Expect.Error(StorageError.EndReached, () => source.Read(new byte[10], 60_000));
    }

    [LinuxFact]
    public void Punching_makes_a_hole_that_reads_as_zeros()
    {
        string path = _directory.File("a", 4 * Mega);
        using IWritableStorage target = StorageAccess.OpenTarget(path, []);
        target.Flush();
        Assert.False(target.HasHoles);

        Assert.True(target.TryPunchHole(Mega + 100, 2 * Mega));

        byte[] expected = Bytes.Pattern(4 * Mega);
        expected.AsSpan(Mega + 100, 2 * Mega).Clear();
        Assert.Equal(expected, target.ReadAll());
        Assert.True(target.HasHoles);
        Assert.Contains(Walk(target), extent => extent.IsHole);
        Assert.Equal(4 * Mega, target.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => target.TryPunchHole(4 * Mega, 1));
    }

    [LinuxFact]
    public void Space_is_reserved_past_the_end_and_given_back()
    {
        string path = _directory.File("a", 100_000);
        using IWritableStorage target = StorageAccess.OpenTarget(path, []);

        Assert.True(target.TryAllocate(0, 8 * Mega));
        target.Flush();
        Assert.Equal(100_000, new FileInfo(path).Length);
        Assert.True(Allocated(path) >= 8 * Mega);

        target.ReleasePastEnd();
        target.Flush();
        Assert.True(Allocated(path) < Mega);
        Assert.Equal(Bytes.Pattern(100_000), target.ReadAll());
    }

    [LinuxFact]
    public void Reserving_fills_holes_and_leaves_the_content()
    {
        using IWritableStorage target = StorageAccess.OpenTarget(_directory.Sparse("a", 4 * Mega), []);
        Assert.True(target.HasHoles);

        Assert.True(target.TryAllocate(0, 4 * Mega));

        Assert.False(target.HasHoles);
        Assert.Equal(new byte[4 * Mega], target.ReadAll());
    }

    [LinuxFact]
    public void Zeros_of_a_file_are_written_not_asked_for()
    {
        using IWritableStorage target = StorageAccess.OpenTarget(_directory.File("a", 8192), []);
        Assert.False(target.TryZeroRange(0, 4096));
        Assert.Equal(Bytes.Pattern(8192), target.ReadAll());
    }

    private static void Put(string path, long offset, int length)
    {
        using FileStream file = File.OpenWrite(path);
        file.Position = offset;
        file.Write(Bytes.Pattern(length));
    }

    private static long Allocated(string path) =>
        long.Parse(Command.Demand("stat", "-c", "%b", path), System.Globalization.CultureInfo.InvariantCulture) * 512;

    private static List<StorageExtent> Walk(IReadableStorage source)
    {
        List<StorageExtent> extents = [];
        for (long offset = 0; offset < source.Length;)
        {
            StorageExtent extent = source.ExtentAt(offset);
            Assert.Equal(offset, extent.Offset);
            Assert.InRange(extent.Length, 1, source.Length - offset);
            extents.Add(extent);
            offset = extent.End;
        }

        return extents;
    }
}
