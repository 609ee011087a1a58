namespace BinarySync.Tests.Contract;

/// <summary>
/// What every storage does that can be patched in place, whatever it is made of. A storage is a small class that says how it is opened
/// and what can be done to it from outside. Written for <see cref="IWritableStorage"/>: what is tested here may be relied on in Sync.
/// </summary>
public abstract class StorageContract : IDisposable
{
    /// <summary>Whole sectors, but no whole pages.</summary>
    protected const int Size = (1 << 20) + (3 * Sector);

    protected const int Sector = 512;

    private const int Page = 4096;

    private readonly byte[] _content = Bytes.Pattern(Size);

    private IWritableStorage? _storage;

    /// <summary>The storage, opened at the first use.</summary>
    protected IWritableStorage Storage => _storage ??= Open(_content);

    /// <summary>Makes a storage of this content and opens it.</summary>
    protected abstract IWritableStorage Open(byte[] content);

    /// <summary>
    /// What is kept where the storage keeps it, seen by another way than through it. Asked after a flush, while it is open.
    /// </summary>
    protected abstract byte[] Kept();

    /// <summary>Another process makes it longer by some bytes; called only if the length is not fixed.</summary>
    protected abstract void LengthenFromOutside(int bytes);

    /// <summary>Another process writes some byte of it; called only if it has times.</summary>
    protected abstract void WriteFromOutside();

    /// <summary>Takes away what was made. Called after the storage is closed, whatever became of the test.</summary>
    protected abstract void Remove();

    public void Dispose()
    {
        try
        {
            _storage?.Dispose();
        }
        finally
        {
            Remove();
            GC.SuppressFinalize(this);
        }
    }

    [ContractFact]
    public void It_has_a_name_and_its_length()
    {
        Assert.NotEmpty(Storage.Name);
        Assert.Equal(Size, Storage.Length);
        Assert.Equal(Size, Storage.ReadStamp().Length);
        Storage.DemandLength();
        Storage.DemandRoom(0);
    }

    [ContractFact]
    public void Bytes_are_read_at_any_offset_by_all_three_ways()
    {
        foreach ((int offset, int length) in Places())
        {
            byte[] expected = _content[offset..(offset + length)];
            Assert.Equal(expected, Read(offset, length));
            byte[] buffer = new byte[length];
            Storage.ReadOnce(buffer, offset);
            Assert.Equal(expected, buffer);
            buffer = new byte[length];
            Storage.ReadBelowCache(buffer, offset);
            Assert.Equal(expected, buffer);
        }
    }

    [ContractFact]
    public void Announcing_changes_nothing_and_never_fails()
    {
        foreach ((int offset, int length) in Places())
        {
            Storage.Announce(offset, length);
        }

        foreach ((int offset, int length) in Places())
        {
            Assert.Equal(_content[offset..(offset + length)], Read(offset, length));
        }

        Storage.Announce(Storage.Length - 1, 1 << 20);
        Storage.Announce(Storage.Length + (1L << 40), 1);
        Storage.Announce(-1, 5);
        Storage.Announce(0, 0);
        AssertUnchanged();
    }

    [ContractFact]
    public void A_read_across_the_end_is_an_error_and_no_short_read()
    {
        Assert.Equal(Size, Demand(StorageError.EndReached, () => Storage.Read(new byte[2], Size - 1)).Offset);
        Demand(StorageError.EndReached, () => Storage.ReadOnce(new byte[2], Size - 1));
        Demand(StorageError.EndReached, () => Storage.ReadBelowCache(new byte[2], Size - 1));
        Demand(StorageError.EndReached, () => Storage.Read(new byte[1], Size));
        Demand(StorageError.EndReached, () => Storage.Read(new byte[Page], Size + (5L << 30)));
        Demand(StorageError.EndReached, () => Storage.ReadBelowCache(new byte[Page], Size + (5L << 30)));
        Assert.ThrowsAny<ArgumentException>(() => Storage.Read(new byte[1], -1));
        Assert.ThrowsAny<ArgumentException>(() => Storage.ReadBelowCache(new byte[1], -1));
    }

    [ContractFact]
    public void Many_threads_read_at_once()
    {
        _ = Storage.Length;
        Parallel.For(0, 32, i =>
        {
            byte[] buffer = new byte[30_001];
            int offset = i * 31_000;
            Storage.ExtentAt(offset);
            Storage.Read(buffer, offset);
            Assert.Equal(_content[offset..(offset + buffer.Length)], buffer);
            Storage.ReadBelowCache(buffer, offset);
            Assert.Equal(_content[offset..(offset + buffer.Length)], buffer);
        });
    }

    [ContractFact]
    public void What_is_written_is_read_at_once_and_from_below_the_cache_after_a_flush()
    {
        int seed = 1;
        foreach ((int offset, int length) in Places())
        {
            byte[] data = Bytes.Pattern(length, seed++);
            Storage.Write(data, offset);
            data.CopyTo(_content, offset);
            Storage.BeginWriteBack(offset, length);
            Assert.Equal(_content, Read(0, Size));
        }

        Storage.Flush();
        byte[] below = new byte[Size];
        Storage.ReadBelowCache(below, 0);
        Assert.Equal(_content, below);
        Assert.Equal(_content, Kept());
        Storage.Flush();
    }

    [ContractFact]
    public void Nothing_is_written_outside()
    {
        Assert.ThrowsAny<ArgumentException>(() => Storage.Write([1, 2], Size - 1));
        Assert.ThrowsAny<ArgumentException>(() => Storage.Write([1], Size));
        Assert.ThrowsAny<ArgumentException>(() => Storage.Write([1], -1));
        Assert.ThrowsAny<ArgumentException>(() => Storage.TryZeroRange(Size - Sector, 2 * Sector));
        Assert.ThrowsAny<ArgumentException>(() => Storage.TryPunchHole(Size, 1));
        Assert.ThrowsAny<ArgumentException>(() => Storage.TryPunchHole(-1, 1));
        AssertUnchanged();
    }

    [ContractFact]
    public void A_range_is_zeros_if_it_says_so_and_else_as_it_was() => Zeroes(Storage.TryZeroRange);

    [ContractFact]
    public void A_hole_is_zeros_if_it_says_so_and_else_as_it_was()
    {
        Zeroes(Storage.TryPunchHole);
        Assert.Equal(Size, Storage.Length);
    }

    [ContractFact]
    public void A_storage_with_a_large_hole_says_so()
    {
        bool isHole = Storage.TryPunchHole(0, Size / 2);
        Storage.Flush();
        Assert.Equal(isHole, Storage.HasHoles);
    }

    [ContractFact]
    public void Extents_cover_it_without_a_gap_and_holes_read_as_zeros()
    {
        bool isHole = Storage.TryPunchHole(64 * Page, 64 * Page);
        Storage.Flush();
        bool found = false;
        for (long offset = 0; offset < Size;)
        {
            StorageExtent extent = Storage.ExtentAt(offset);
            Assert.Equal(offset, extent.Offset);
            Assert.InRange(extent.Length, 1, Size - offset);
            if (extent.IsHole)
            {
                found = true;
                Assert.Equal(new byte[extent.Length], Read((int)offset, (int)extent.Length));
            }

            // From within it goes to the same end.
            Assert.Equal(extent.End, Storage.ExtentAt(extent.End - 1).End);
            offset = extent.End;
        }

        Assert.Equal(isHole, found);
        Assert.Throws<ArgumentOutOfRangeException>(() => Storage.ExtentAt(Size));
        Assert.Throws<ArgumentOutOfRangeException>(() => Storage.ExtentAt(-1));
    }

    [ContractFact]
    public void Reserving_changes_neither_length_nor_content()
    {
        _ = Storage.TryAllocate(0, Size);
        bool past = Storage.TryAllocate(Size - 100, 200_000);
        Assert.False(past && Storage.HasFixedLength);
        Storage.Flush();
        AssertUnchanged();
        Storage.ReleasePastEnd();
        Storage.Flush();
        AssertUnchanged();
    }

    [ContractFact]
    public void A_length_that_is_not_fixed_follows_and_what_grows_is_zeros()
    {
        Storage.SetLength(Size);
        if (Storage.HasFixedLength)
        {
            Assert.Throws<InvalidOperationException>(() => Storage.SetLength(Size + Sector));
            Assert.Throws<InvalidOperationException>(() => Storage.SetLength(Size - Sector));
            AssertUnchanged();
            return;
        }

        Assert.ThrowsAny<ArgumentException>(() => Storage.SetLength(-1));
        Storage.SetLength(Size + 10_000);
        Storage.Write([1, 2, 3], Size + 9997);
        Assert.Equal([.. _content, .. new byte[9997], 1, 2, 3], Read(0, Size + 10_000));
        Storage.SetLength(5000);
        Demand(StorageError.EndReached, () => Storage.Read(new byte[2], 4999));

        // What was cut away does not come back.
        Storage.SetLength(6000);
        Storage.Flush();
        byte[] expected = [.. _content[..5000], .. new byte[1000]];
        Assert.Equal((6000L, 6000L), (Storage.Length, Storage.ReadStamp().Length));
        Assert.Equal(expected, Read(0, 6000));
        Assert.Equal(expected, Kept());
    }

    [ContractFact]
    public void What_others_have_added_is_neither_cut_nor_passed_over()
    {
        if (Storage.HasFixedLength)
        {
            Storage.DemandLength();
            return;
        }

        LengthenFromOutside(100);
        Demand(StorageError.LengthChanged, Storage.DemandLength);
        Demand(StorageError.LengthChanged, () => Storage.SetLength(10));
        Demand(StorageError.LengthChanged, () => Storage.SetLength(2 * Size));
        Storage.ReleasePastEnd();
        Demand(StorageError.LengthChanged, Storage.DemandLength);
    }

    [ContractFact]
    public void A_stamp_tells_a_change_by_others_where_there_are_times()
    {
        SourceStamp before = Storage.ReadStamp();
        Assert.Equal(before, Storage.ReadStamp());
        if (!Storage.HasTimes)
        {
            Assert.True(Storage.HasFixedLength, "without times, nothing that is cut could be told from what somebody has changed");
            Assert.Equal(new SourceStamp(Size, 0, 0), before);
            return;
        }

        Thread.Sleep(20); // the clock of a file system moves in steps
        WriteFromOutside();
        Assert.NotEqual(before, Storage.ReadStamp());
    }

    [ContractFact]
    public void Its_birth_stays_whatever_is_written()
    {
        FileBirth? before = Storage.ReadBirth();
        Storage.Write([1], 0);
        Storage.Flush();
        Assert.Equal(before, Storage.ReadBirth());
    }

    [ContractFact]
    public void Once_disposed_it_does_nothing_more()
    {
        Storage.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Storage.Read(new byte[1], 0));
        Assert.Throws<ObjectDisposedException>(() => Storage.ReadBelowCache(new byte[Page], 0));
        Assert.Throws<ObjectDisposedException>(() => Storage.Write([1], 0));
        Assert.Throws<ObjectDisposedException>(Storage.Flush);
        Storage.Dispose();
    }

    /// <summary>Demands a typed error.</summary>
    protected static StorageException Demand(StorageError error, Action action)
    {
        StorageException thrown = Assert.Throws<StorageException>(action);
        Assert.Equal(error, thrown.Error);
        return thrown;
    }

    private void Zeroes(Func<long, long, bool> zero)
    {
        foreach ((int offset, int length) in Places())
        {
            if (zero(offset, length))
            {
                _content.AsSpan(offset, length).Clear();
            }

            Assert.Equal(_content, Read(0, Size));
        }

        // Beside what is still in the cache only, in the same page.
        Storage.Write(Bytes.Pattern(Sector, seed: 5), 128 * Page);
        Bytes.Pattern(Sector, seed: 5).CopyTo(_content, 128 * Page);
        if (zero((128 * Page) + Sector, 2 * Sector))
        {
            _content.AsSpan((128 * Page) + Sector, 2 * Sector).Clear();
        }

        Storage.Flush();
        byte[] below = new byte[Size];
        Storage.ReadBelowCache(below, 0);
        Assert.Equal(_content, below);
        Assert.Equal(_content, Kept());
    }

    private void AssertUnchanged()
    {
        Assert.Equal(Size, Storage.Length);
        Assert.Equal(_content, Read(0, Size));
        Assert.Equal(_content, Kept());
    }

    private byte[] Read(int offset, int length)
    {
        byte[] buffer = new byte[length];
        Storage.Read(buffer, offset);
        return buffer;
    }

    // Nothing; a byte; across sectors and pages; whole sectors and pages; both ends; and more than a page or two.
    private static (int Offset, int Length)[] Places() =>
    [
        (0, 0), (Size, 0), (0, 1), (Size - 1, 1), (511, 2), (4095, 2), (1000, 9000), (Sector, Sector), (Size - Sector, Sector),
        (8 * Page, 4 * Page), ((16 * Page) + Sector, 3 * Page), (100_001, 300_003), (Size - 5000, 5000),
    ];
}
