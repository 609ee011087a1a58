using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>In which order the journal, the target and the undo file change.</summary>
public sealed class JournalOrderTests
{
    [Fact]
    public void Nothing_is_changed_that_a_durable_record_has_not_marked() => SyncCases.Whole.Check(120, sync =>
        AssertOrder(sync.StorageA, sync.DataFile(), windowBytes: 1, new ApplySpecification { Verify = (VerifyMode)(sync.Seed % 3) }));

    [Theory]
    [InlineData(24, 24)]
    [InlineData(16, 24)]
    [InlineData(24, 17)]
    public void Each_window_is_marked_written_and_flushed_before_the_next(int mebibytesA, int mebibytesB)
    {
        byte[] a = new byte[mebibytesA << 20];
        byte[] b = new byte[mebibytesB << 20];
        for (int at = 5; at < Math.Max(a.Length, b.Length); at += 1 << 20)
        {
            a.AsSpan(Math.Min(at, a.Length), Math.Min(1, Math.Max(0, a.Length - at))).Fill(1);
            b.AsSpan(Math.Min(at, b.Length), Math.Min(1, Math.Max(0, b.Length - at))).Fill(2);
        }

        IReadOnlyList<JournalRecord> records = AssertOrder(
            FakeStorage.File(a), FourSteps.DataFile(a, b, 8 << 20, frameSize: 1 << 20), windowBytes: 1, new ApplySpecification
            {
                Verify = VerifyMode.None,
            });

        // One record a window, one for what is cut, and the last.
        int windows = (b.Length + (8 << 20) - 1) / (8 << 20);
        Assert.Equal(windows + (b.Length < a.Length ? 1 : 0) + 1, records.Count);
        Assert.Equal(0, records[0].DoubtFrom);
        Assert.All(records.Skip(1), record => Assert.Equal(JournalRecord.NoDoubt, record.DoubtFrom));
    }

    // Returns all records, in order.
    private static List<JournalRecord> AssertOrder(FakeStorage target, byte[] dataFile, long windowBytes, ApplySpecification specification)
    {
        List<JournalRecord> records = [];
        FakeStateFile journal = new();
        bool hasUndo = false;
        bool isFlushed = true;
        FakeUndoPlace undo = new() { BeforeCommit = () => hasUndo = true };
        ReadRecord ofJournal = new(journal, records);
        target.Before = call =>
        {
            ofJournal.Look();
            if (call.ChangesContent)
            {
                Assert.True(hasUndo);
                JournalRecord record = Assert.IsType<JournalRecord>(records.LastOrDefault());
                Assert.False(record.IsFinished);
                Assert.True(
                    call.Call == DiskCall.SetLength
                        ? call.Length > target.Length || Marks(record, call.Length, target.Length)
                        : Marks(record, call.Offset, call.End));
            }

            isFlushed = call.Call == DiskCall.Flush || (isFlushed && !call.ChangesContent);
        };
        journal.Before = call =>
        {
            ofJournal.Look();
            Assert.True(isFlushed, "what was marked before has been flushed");
            Assert.True(call != StateCall.Remove || records[^1].IsFinished);
        };

        ApplyOperation.Run(
            target, FourSteps.Patch(dataFile), FourSteps.Places(journal, undo), specification, new ApplyTuning
            {
                WindowBytes = windowBytes,
            }, new SyncOptions { Threads = 1 });

        Assert.Equal(StateCall.Replace, journal.Log[0]);
        Assert.Equal([StateCall.Overwrite, StateCall.Remove], journal.Log.TakeLast(2));
        Assert.Single(journal.Log, call => call == StateCall.Replace);
        Assert.True(records[^1].IsFinished);
        Assert.Null(journal.Content);
        return records;
    }

    private static bool Marks(JournalRecord record, long offset, long end) =>
        record.Windows.Any(window => window.Offset <= offset && window.End >= end);

    /// <summary>Collects what stands in a journal, each record once.</summary>
    private sealed class ReadRecord(FakeStateFile journal, List<JournalRecord> records)
    {
        public void Look()
        {
            if (journal.Content is { } content)
            {
                Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(content, out JournalRecord? record));
                if (records.Count == 0 || records[^1].Sequence < record!.Sequence)
                {
                    records.Add(record!);
                }
            }
        }
    }
}
