using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests;

/// <summary>Applying that is interrupted, and a data file that is not the same in every pass.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(4 * FormatLimits.MinFrameSize)]
    public void What_is_cancelled_while_writing_is_finished_by_the_same_command(int blockSize)
    {
        int size = Math.Max(12 * blockSize, 12 * FormatLimits.MinFrameSize) + 100;
        byte[] a = Bytes(1, size);
        byte[] b = Bytes(2, size);
        byte[] dataFile = FourSteps.DataFile(a, b, blockSize);
        using CancellationTokenSource source = new();
        FakeStorage target = FakeStorage.File(a);
        int writes = 0;
        target.Before = call => CancelAtSecondWrite(call.Call == DiskCall.Write);

        ApplyInterruptedException interrupted = Assert.Throws<ApplyInterruptedException>(() =>
            ApplyOperation.Run(
                target,
                FourSteps.Patch(dataFile),
                FourSteps.Places(),
                new ApplySpecification(),
                new SyncOptions { Threads = 2, Cancellation = source.Token }));

        Assert.Equal((TargetProgress.PartlyPatched, target.Name), (interrupted.Progress, interrupted.Target));
        Assert.Null(interrupted.WayBack);

        // Blocks larger than a frame are written in several calls: the one that was begun is complete.
        Assert.NotEqual(a, target.Content);
        Assert.NotEqual(b, target.Content);
        target.Before = null;
        FourSteps.Apply(target, dataFile);
        Assert.Equal(b, target.Content);

        void CancelAtSecondWrite(bool isWrite)
        {
            if (isWrite && ++writes == 2)
            {
                source.Cancel();
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_cancelled_while_reading_has_written_nothing(bool dryRun)
    {
        byte[] a = Bytes(1, 40000);
        byte[] dataFile = FourSteps.DataFile(a, Bytes(2, 40000));
        using CancellationTokenSource source = new();
        FakeStorage target = FakeStorage.File(a);
        target.Before = call => source.Cancel();

        ApplyInterruptedException interrupted = Assert.Throws<ApplyInterruptedException>(() =>
            ApplyOperation.Run(
                target,
                FourSteps.Patch(dataFile),
                FourSteps.Places(),
                new ApplySpecification { DryRun = dryRun },
                new SyncOptions { Threads = 2, Cancellation = source.Token }));

        Assert.Equal(TargetProgress.Untouched, interrupted.Progress);
        Assert.Equal(a, target.Content);
    }

    [Fact]
    public void A_data_file_with_another_header_in_a_later_pass_is_refused()
    {
        byte[] a = Bytes(1, 4096);
        PatchSource patch = Swapped(
            FourSteps.DataFile(a, Bytes(2, 4096)), FourSteps.DataFile(a, Bytes(3, 8192)), out FakeStorage target, a);

        SyncException refused = Assert.Throws<SyncException>(
            () => ApplyOperation.Run(target, patch, FourSteps.Places(), new ApplySpecification(), new SyncOptions()));

        Assert.Equal(SyncError.SourceChanged, refused.Error);
        Assert.Equal(a, target.Content);
    }

    [Fact]
    public void A_data_file_with_other_content_in_a_later_pass_is_no_success()
    {
        byte[] a = Bytes(1, 4096);
        PatchSource patch = Swapped(
            FourSteps.DataFile(a, Bytes(2, 4096)), FourSteps.DataFile(a, Bytes(3, 4096)), out FakeStorage target, a);

        SyncException refused = Assert.Throws<SyncException>(
            () => ApplyOperation.Run(target, patch, FourSteps.Places(), new ApplySpecification(), new SyncOptions()));

        Assert.Equal(SyncError.SourceChanged, refused.Error);
    }

    // The first pass reads one file; when the next one begins, another stands in its place.
    private static PatchSource Swapped(byte[] first, byte[] second, out FakeStorage target, byte[] content)
    {
        target = FakeStorage.File(content);
        return new PatchSource(new SwappingStream(first, second), "update.dtf");
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Gives the first content until it is sought to its beginning for the second time.</summary>
    private sealed class SwappingStream(byte[] first, byte[] second) : Stream
    {
        private MemoryStream _current = new(first);
        private int _rewinds;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => _current.Length;

        public override long Position
        {
            get => _current.Position;
            set
            {
                if (value == 0 && ++_rewinds == 2)
                {
                    _current = new MemoryStream(second);
                }

                _current.Position = value;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => _current.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => _current.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
