using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests;

/// <summary>A journal is read as it was written, and one that was bent does no harm.</summary>
public sealed class JournalRecordTests
{
    private static readonly byte[] Digest = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private static JournalRecord Record => new()
    {
        Session = Digest,
        BaseSize = 1000,
        TargetSize = 3000,
        Windows = [new ByteRange(512, 1024)],
        DoubtFrom = 77,
        Target = "file:target",
        Patch = "update.dtf",
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Is_read_as_written(bool hasOther)
    {
        JournalRecord record = Record with { Other = hasOther ? (ReadOnlyMemory<byte>?)Digest : null, Sequence = 5, TailWasZero = true };
        Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(record.ToFile(), out JournalRecord? read));
        Assert.Equal(hasOther, read!.Other is not null);
        Assert.Equal(record.Encode(), read.Encode());
    }

    [Fact]
    public void The_window_of_another_session_may_lie_behind_this_data_file()
    {
        // A device with the second half torn by a session that knew all of it; this data file speaks of the first half only.
        byte[] a = new byte[1024];
        byte[] b = [.. a];
        b[5] = 1;
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStorage device = FakeStorage.Device([.. a, .. a]);
        FakeStateFile journal = new()
        {
            Content = (Record with { BaseSize = 2048, TargetSize = 2048, Windows = [new ByteRange(1536, 2048)] }).ToFile(),
        };

        SyncException exception = Assert.Throws<SyncException>(() => ApplyOperation.Run(
            device, FourSteps.Patch(dataFile), FourSteps.Places(journal), new ApplySpecification(), FourSteps.Threads(1)));
        Assert.Equal(SyncError.Mismatch, exception.Error);
        Assert.Empty(device.Changes);
        Assert.NotNull(journal.Content);
    }

    [Fact]
    public void The_window_of_another_session_ends_with_a_block_that_may_go_past_the_end()
    {
        byte[] a = new byte[1100];
        byte[] b = [.. a];
        b[5] = 1;
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStorage file = FakeStorage.File(a);
        FakeStateFile journal = new()
        {
            Content = (Record with { BaseSize = 1100, TargetSize = 1100, Windows = [new ByteRange(0, 4096)] }).ToFile(),
        };

        ApplyResult result = ApplyOperation.Run(
            file, FourSteps.Patch(dataFile), FourSteps.Places(journal), new ApplySpecification(), FourSteps.Threads(1));
        Assert.Equal(ApplyStart.OtherRetired, result.Start);
        Assert.Equal(b, file.Content);
    }
}
