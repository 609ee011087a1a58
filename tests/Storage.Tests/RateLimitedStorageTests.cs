using System.Reflection;
using BinarySync.Storage.Disks;

namespace BinarySync.Storage.Tests;

public sealed class RateLimitedStorageTests
{
    private const int Mega = 1 << 20;

    private readonly FakeClock _clock = new();
    private readonly LoggingStorage _inner = new();
    private readonly RateLimitedTarget _target;

    public RateLimitedStorageTests() =>
        _target = new RateLimitedTarget(_inner, new RateLimiter(10 * Mega, _clock, default), new RateLimiter(20 * Mega, _clock, default));

    [Theory]
    [InlineData(typeof(RateLimitedSource), typeof(IReadableStorage))]
    [InlineData(typeof(RateLimitedTarget), typeof(IReadableStorage))]
    [InlineData(typeof(RateLimitedTarget), typeof(IWritableStorage))]
    public void Nothing_is_left_to_a_default_of_the_interface(Type decorator, Type contract) =>
        Assert.All(
            decorator.GetInterfaceMap(contract).TargetMethods, method => Assert.False(method.DeclaringType!.IsInterface, method.Name));

    [Fact]
    public void Every_call_reaches_the_storage_below()
    {
        byte[] buffer = new byte[10];
        Assert.Equal("inner", _target.Name);
        Assert.Equal((StorageKind.BlockDevice, true, true), (_target.Kind, _target.HasFixedLength, _target.HasTimes));
        Assert.Equal(12345, _target.Length);
        Assert.True(_target.HasHoles);
        Assert.Equal(new StorageExtent(7, 8, IsHole: true), _target.ExtentAt(7));
        Assert.Equal(new HoleClaim(1, 2), _target.WeighHoles());
        Assert.Equal(new SourceStamp(1, 2, 3), _target.ReadStamp());
        Assert.Equal(new FileBirth(4, 5), _target.ReadBirth());
        _target.Read(buffer, 1);
        _target.Announce(2, 10);
        _target.ReadOnce(buffer, 2);
        _target.ReadBelowCache(buffer, 3);
        _target.Write(buffer, 4);
        _target.BeginWriteBack(5, 6);
        Assert.True(_target.TryZeroRange(7, 8));
        Assert.True(_target.TryPunchHole(9, 10));
        Assert.True(_target.TryAllocate(11, 12));
        _target.DemandRoom(14);
        _target.ReleasePastEnd();
        _target.DemandLength();
        _target.SetLength(13);
        _target.Flush();
        _target.Dispose();

        Assert.Equal(
            [
                "ExtentAt 7", "WeighHoles", "ReadStamp", "ReadBirth", "Read 1+10", "ReadOnce 2+10", "ReadBelowCache 3+10", "Write 4+10",
                "BeginWriteBack 5+6", "TryZeroRange 7+8",
                "TryPunchHole 9+10", "TryAllocate 11+12", "DemandRoom 14", "ReleasePastEnd", "DemandLength", "SetLength 13", "Flush",
                "Dispose",
            ],
            _inner.Log);

        // Whoever adds a member adds it here. An announcement would let the system read ahead of the rate.
        MethodInfo[] members = [
            .. typeof(IReadableStorage).GetMethods(), .. typeof(IWritableStorage).GetMethods(), .. typeof(IDisposable).GetMethods()];
        Assert.Equal(
            _inner.Log.Count, members.Count(member => !member.IsSpecialName && member.Name != nameof(IReadableStorage.Announce)));
    }

    [Theory]
    [InlineData("Read")]
    [InlineData("ReadOnce")]
    [InlineData("ReadBelowCache")]
    [InlineData("Write")]
    public void A_large_one_goes_in_pieces_of_a_burst(string call)
    {
        byte[] buffer = new byte[(2 * 2 * Mega) + 5];
        switch (call)
        {
            case "Read":
                _target.Read(buffer, 100);
                break;
            case "ReadOnce":
                _target.ReadOnce(buffer, 100);
                break;
            case "ReadBelowCache":
                _target.ReadBelowCache(buffer, 100);
                break;
            default:
                _target.Write(buffer, 100);
                break;
        }

        int piece = call == "Write" ? 2 * Mega : Mega;
        List<string> expected = [];
        for (int at = 0; at < buffer.Length; at += piece)
        {
            expected.Add($"{call} {100 + at}+{Math.Min(piece, buffer.Length - at)}");
        }

        Assert.Equal(expected, _inner.Log);
        Assert.Equal(buffer.Length - piece, _clock.Now.TotalSeconds * 10 * piece, tolerance: piece / 50);
    }

    [Fact]
    public void Reads_and_writes_have_a_budget_each_and_all_reads_one()
    {
        byte[] mega = new byte[Mega];
        _target.Read(mega, 0);
        _target.Write(mega, 0);
        _target.Write(mega, 0);
        Assert.Equal(TimeSpan.Zero, _clock.Now);

        _target.ReadBelowCache(mega, 0);
        Assert.Equal(TimeSpan.FromMilliseconds(100), _clock.Now);
        _target.ReadOnce(mega, 0);
        Assert.Equal(TimeSpan.FromMilliseconds(200), _clock.Now);
    }

    [Fact]
    public void What_the_system_does_by_itself_costs_nothing()
    {
        for (int i = 0; i < 10; i++)
        {
            _target.TryZeroRange(0, 1L << 40);
            _target.TryPunchHole(0, 1L << 40);
            _target.TryAllocate(0, 1L << 40);
            _target.BeginWriteBack(0, 1L << 40);
            _target.ExtentAt(0);
            _target.Flush();
        }

        _target.Read(new byte[Mega], 0);
        _target.Write(new byte[Mega], 0);
        Assert.Equal(TimeSpan.Zero, _clock.Now);
    }

    [Fact]
    public void The_bytes_are_those_below()
    {
        byte[] content = Bytes.Pattern((3 * Mega) + 17);
        _inner.Content = content;
        byte[] read = new byte[content.Length - 1];
        _target.Read(read, 1);
        Assert.Equal(content[1..], read);
        _target.ReadOnce(read, 1);
        Assert.Equal(content[1..], read);
        _target.ReadBelowCache(read, 1);
        Assert.Equal(content[1..], read);

        _inner.Content = new byte[content.Length];
        _target.Write(content, 0);
        Assert.Equal(content, _inner.Content);
    }

    private sealed class LoggingStorage : IWritableStorage
    {
        public List<string> Log { get; } = [];

        public byte[] Content { get; set; } = new byte[8 * Mega];

        public string Name => "inner";

        public StorageKind Kind => StorageKind.BlockDevice;

        public bool HasFixedLength => true;

        public bool HasTimes => true;

        public long Length => 12345;

        public bool HasHoles => true;

        public void Read(Span<byte> buffer, long offset) => Fill(buffer, offset, nameof(Read));

        public void ReadOnce(Span<byte> buffer, long offset) => Fill(buffer, offset, nameof(ReadOnce));

        public void ReadBelowCache(Span<byte> buffer, long offset) => Fill(buffer, offset, nameof(ReadBelowCache));

        public StorageExtent ExtentAt(long offset)
        {
            Log.Add($"ExtentAt {offset}");
            return new StorageExtent(offset, 8, IsHole: true);
        }

        public HoleClaim? WeighHoles()
        {
            Log.Add("WeighHoles");
            return new HoleClaim(1, 2);
        }

        public SourceStamp ReadStamp()
        {
            Log.Add("ReadStamp");
            return new SourceStamp(1, 2, 3);
        }

        public FileBirth? ReadBirth()
        {
            Log.Add("ReadBirth");
            return new FileBirth(4, 5);
        }

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            Log.Add($"Write {offset}+{data.Length}");
            data.CopyTo(Content.AsSpan((int)offset));
        }

        public void BeginWriteBack(long offset, long length) => Log.Add($"BeginWriteBack {offset}+{length}");

        public bool TryZeroRange(long offset, long length) => Note($"TryZeroRange {offset}+{length}");

        public bool TryPunchHole(long offset, long length) => Note($"TryPunchHole {offset}+{length}");

        public bool TryAllocate(long offset, long length) => Note($"TryAllocate {offset}+{length}");

        public void DemandRoom(long bytes) => Log.Add($"DemandRoom {bytes}");

        public void DemandLength() => Log.Add("DemandLength");

        public void ReleasePastEnd() => Log.Add("ReleasePastEnd");

        public void SetLength(long length) => Log.Add($"SetLength {length}");

        public void Flush() => Log.Add("Flush");

        public void Dispose() => Log.Add("Dispose");

        private bool Note(string call)
        {
            Log.Add(call);
            return true;
        }

        private void Fill(Span<byte> buffer, long offset, string call)
        {
            Log.Add($"{call} {offset}+{buffer.Length}");
            Content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        }
    }
}
