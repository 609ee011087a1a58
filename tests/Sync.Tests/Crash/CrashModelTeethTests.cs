using BinarySync.Sync.Applying;
using BinarySync.Tests.Support;
using Xunit.Abstractions;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>The crash model finds what it is there to find: with one safeguard taken away, a state is lost.</summary>
public sealed class CrashModelTeethTests(ITestOutputHelper output)
{
    private const int Seed = 1;
    private const int MostStates = 20_000;

    // Cases that show what few others do: an ordinary run begins there. They are no more than a start: if the generator changes, it takes
    // longer.
    private const int CaseOfCopies = 5;
    private const int CaseOfRedo = 98;
    private const int CaseOfTail = 13;
    private const int CaseOfStaleCache = 169;
    private const int CaseOfOthersRedo = 20;

    [Fact]
    public void A_journal_that_is_not_flushed_is_found() =>
        DemandFind(
            "what must succeed was refused", new ApplyTuning(), new CrashEffort(), machine => machine with { FlushesJournal = false });

    [Fact]
    public void Writing_outside_of_a_marked_window_is_found() =>
        DemandFind("neither as", new ApplyTuning { MarksWindows = false }, new CrashEffort());

    // Reading back would see it.
    [Fact]
    public void Success_without_a_flush_is_found() =>
        DemandFind(
            "success was said, and the medium is not B",
            new ApplyTuning(),
            new CrashEffort { Verify = VerifyMode.None },
            machine => machine with { FlushesTarget = false });

    [Fact]
    public void Believing_the_cache_after_a_flush_that_failed_is_found() => DemandFind(
        "success was said, and the medium is not", new ApplyTuning { WritesDoubtedAgain = false }, new CrashEffort
        {
            Verify = VerifyMode.None,
            OnlyFault = CrashFault.FlushFailure,
        });

    [Fact]
    public void Believing_blocks_that_may_be_torn_is_found() =>
        DemandFind(
            "what must succeed was refused",
            new ApplyTuning { WritesDoubtedAgain = false },
            new CrashEffort { OnlyFault = CrashFault.PowerCut });

    [Fact]
    public void An_undo_file_that_comes_after_the_first_write_is_found() =>
        DemandFind("changed while the undo file was being made", new ApplyTuning { WritesUndoFirst = false }, new CrashEffort());

    [Fact]
    public void An_undo_file_that_is_kept_and_not_durable_is_found() =>
        DemandFind(
            "the undo file is not durable", new ApplyTuning(), new CrashEffort(), machine => machine with { FlushesFoundUndo = false });

    [Fact]
    public void Growing_before_the_journal_knows_is_found() =>
        DemandFind(
            "is for a target of", new ApplyTuning { JournalsBeforeGrowing = false }, new CrashEffort { OnlyShape = CrashShape.Small });

    [Fact]
    public void Cutting_before_the_journal_knows_is_found() =>
        DemandFind("neither as", new ApplyTuning { CutsLast = false }, new CrashEffort());

    // In the right order, but without the redo: a copy that overlaps its own source is torn, or one is lost that the next has overwritten.
    [Fact]
    public void Copying_without_the_redo_is_found() =>
        DemandFind("copies it", new ApplyTuning { UsesRedo = false }, Copies, first: CaseOfCopies);

    [Fact]
    public void Copying_from_any_byte_without_the_redo_is_found() =>
        DemandFind("copies it", new ApplyTuning { UsesRedo = false }, Shifts);

    [Fact]
    public void A_redo_of_shifted_copies_that_the_journal_names_before_it_is_durable_is_found() =>
        DemandFind(
            "is missing or damaged",
            new ApplyTuning(),
            Shifts with { OnlyFault = CrashFault.PowerCut },
            machine => machine with { FlushesRedo = false });

    // The first block of a frame that is written takes away what the rest of it is decoded over.
    [Fact]
    public void Writing_a_frame_over_its_own_old_content_without_the_redo_is_found() =>
        DemandFind("neither as", new ApplyTuning { UsesRedo = false }, Prefixes);

    [Fact]
    public void A_redo_of_a_frame_that_the_journal_names_before_it_is_durable_is_found() =>
        DemandFind(
            "is missing or damaged",
            new ApplyTuning(),
            Prefixes with { OnlyFault = CrashFault.PowerCut },
            machine => machine with { FlushesRedo = false });

    [Fact]
    public void A_redo_that_the_journal_names_before_it_is_durable_is_found() =>
        DemandFind(
            "is missing or damaged",
            new ApplyTuning(),
            new CrashEffort { ThirdShare = 0, OnlyFault = CrashFault.PowerCut },
            machine => machine with { FlushesRedo = false },
            first: CaseOfRedo);

    [Fact]
    public void Content_that_overwrites_sources_of_copies_that_are_not_durable_is_found() =>
        DemandFind(
            "copies it", new ApplyTuning { FlushesCopies = false }, Copies with { OnlyFault = CrashFault.PowerCut });

    // Its bytes tell how it shows: as a block that is torn, or as one whose content is lost.
    [Fact]
    public void Content_that_overwrites_bytes_of_shifted_copies_that_are_not_durable_is_found() =>
        DemandFind(
            "nothing was written", new ApplyTuning { FlushesCopies = false }, Shifts with { OnlyFault = CrashFault.PowerCut });

    // Room is reserved before the journal stands: the run before has changed the target's times, and nothing says that it was one of ours.
    [Fact]
    public void A_note_that_says_nothing_of_the_part_that_begins_is_found() =>
        DemandFind("all parts are in place, and it was said that", new ApplyTuning { NotesBeforeChanging = false }, Sets);

    [Fact]
    public void A_note_that_is_written_when_the_journal_has_gone_is_found() =>
        DemandFind("is done, and is not known to be", new ApplyTuning { NotesBeforeFinishing = false }, Sets);

    [Fact]
    public void A_note_that_is_believed_whatever_the_target_s_times_are_is_found() =>
        DemandFind("it was said that", new ApplyTuning { ComparesNoteTimes = false, ProvesNote = false }, Sets);

    [Fact]
    public void A_note_that_an_interrupted_run_has_left_in_doubt_and_that_is_not_proved_is_found() =>
        DemandFind("it was said that", new ApplyTuning { ProvesNote = false }, Sets);

    [Fact]
    public void A_part_that_gives_up_what_another_one_was_making_the_target_larger_by_is_found() =>
        DemandFind("what must succeed was refused", new ApplyTuning { LeavesOtherPartsTail = false }, Sets, first: CaseOfTail);

    [Fact]
    public void Giving_up_a_journal_while_the_cache_shows_what_was_never_flushed_is_found() =>
        DemandFind(
            "a reader sees other bytes than the medium has",
            new ApplyTuning { ComparesCache = false },
            Sets with { OnlyFault = CrashFault.FlushFailure },
            first: CaseOfStaleCache);

    [Fact]
    public void Writing_the_redo_of_another_data_file_is_found() =>
        DemandFind("what another run has put there is not overwritten", new ApplyTuning { ForgetsOthersRedo = false }, Thirds,
            first: CaseOfOthersRedo);

    [Fact]
    public void Writing_outside_of_a_marked_window_is_found_in_a_stream_too() =>
        DemandFind("neither as", new ApplyTuning { MarksWindows = false }, Streams);

    [Fact]
    public void Cutting_before_the_last_stretch_is_found() =>
        DemandFind("what must succeed was refused", new ApplyTuning { CutsLast = false }, Streams);

    [Fact]
    public void Believing_a_journal_of_a_target_that_is_not_proved_to_be_its_own_is_found() =>
        DemandFind(
            "somebody else's sector was overwritten", new ApplyTuning { ProvesTarget = false }, new CrashEffort { ExchangeShare = 1 });

    private static CrashEffort Streams { get; } = new() { OnlyShape = CrashShape.Stream };

    private static CrashEffort Copies { get; } = new() { OnlyShape = CrashShape.Small, ThirdShare = 0 };

    private static CrashEffort Shifts { get; } = new() { OnlyShape = CrashShape.Shift, ThirdShare = 0 };

    private static CrashEffort Prefixes { get; } = new() { OnlyShape = CrashShape.Prefix, ThirdShare = 0 };

    private static CrashEffort Sets { get; } = new() { SetOneIn = 1 };

    private static CrashEffort Thirds { get; } = new() { ThirdShare = 1 };

    private void DemandFind(
        string words, ApplyTuning tuning, CrashEffort effort, Func<CrashBehaviour, CrashBehaviour>? change = null, int first = 0)
    {
        CrashCounts counts = new();

        CrashFind? find = CrashSearch.Run(Seed, RunShare.IsWide ? 0 : first, MostStates, tuning, change, counts, effort);

        output.WriteLine($"after {counts.States} states: {find?.Text}");
        Assert.Contains(words, find?.Text);
    }
}
