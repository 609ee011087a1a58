namespace BinarySync.Reliability.Tests;

/// <summary>
/// Target, data file, undo file and sources that somebody else changes during a run and between two: found out, or harmless; each test
/// says which.
/// </summary>
public sealed class ChangedFileTests : IDisposable
{
    private const int BlockSize = 4096;
    private const int PatchedBlock = 8 * BlockSize;
    private const int OtherBlock = 15 * BlockSize;

    private readonly ApplyScene _scene = new("grow");

    private string Line => _scene.Line(undo: false);

    public void Dispose() => _scene.Dispose();

    [FaultFact]
    public void A_block_to_be_written_changed_after_it_was_recognised_is_found_out_and_not_overwritten()
    {
        // The first change of a run comes between recognising and writing.
        During("*", () => _scene.Spoil("a", PatchedBlock + 7)).Fails(4, "changed while the data file was being applied");
        Assert.Equal(0xA5, _scene.Work.Read("a")[PatchedBlock + 7]);
    }

    [FaultFact]
    public void A_block_changed_after_it_was_written_is_found_out_by_reading_back_and_written_again()
    {
        During("fsync a", () => _scene.Spoil("a", PatchedBlock + 7)).Fails(7, "did not read back as written");
        _scene.Work.Line(Line).Ends(0);
        _scene.IsDone(_scene.B);
    }

    [FaultFact]
    public void A_block_that_the_data_file_does_not_speak_of_is_left_alone_and_found_out_where_all_is_compared()
    {
        During("*", () => _scene.Spoil("a", OtherBlock)).Ends(0);
        byte[] expected = [.. _scene.B];
        expected[OtherBlock] = 0xA5;
        _scene.Holds(expected);

        _scene.Reset();
        During("*", () => _scene.Spoil("a", OtherBlock), Line + " --verify full").Fails(7, "others differ from the content");
    }

    [FaultFact]
    public void A_target_cut_while_it_is_patched_is_found_out()
    {
        During("pwrite64 a", () =>
        {
            using FileStream file = new(_scene.Work["a"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(100);
        }).Fails(4, "a: ");
    }

    [FaultFact]
    public void A_target_replaced_while_it_is_patched_is_patched_where_it_was_opened()
    {
        byte[] other = Content.Make(1000);
        During("pwrite64 a", () =>
        {
            File.Move(_scene.Work["a"], _scene.Work["moved"]);
            _scene.Work.Write("a", other);
        }).Ends(0);

        // One descriptor from the first look to the last flush: neither file is a mixture.
        _scene.Work.Holds("moved", _scene.B);
        _scene.Work.Holds("a", other);
    }

    [FaultTheory]
    [InlineData("*")]
    [InlineData("pwrite64 a")]
    public void A_data_file_changed_while_it_is_applied_is_found_out_or_harmless(string moment)
    {
        byte[] data = _scene.Work.Read("p.dtf");
        byte[] bent = [.. data];
        for (int at = 200; at < bent.Length; at += 400)
        {
            bent[at] ^= 1;
        }

        ToolResult result = During(moment, () => _scene.Work.Write("p.dtf", bent));
        Assert.True(result.Exit == 4 || (moment != "*" && result.Exit == 0), result.Errors);
        if (result.Exit == 4)
        {
            // Not a byte of the other one was used, and the error says how far the target is.
            result.Fails(4, "p.dtf: changed since it was first read", "run the same command again");
            _scene.HasWholeBlocks();
        }

        _scene.Work.Write("p.dtf", data);
        _scene.Work.Line(Line).Ends(0);
        _scene.IsDone(_scene.B);
    }

    [FaultFact]
    public void Another_data_file_between_two_runs_is_refused_by_the_journal()
    {
        KillInTheMiddle(Line);
        byte[] c = [.. _scene.A];
        c.AsSpan(7 * BlockSize, BlockSize).Fill(1);
        _scene.Work.Write("c", c);
        _scene.Work.Write("a0", _scene.A);
        _scene.Work.Line("ckfile c").Succeeds();
        _scene.Work.Line("dtreq --remote a.ckf --master c.ckf -o c.dtr").Succeeds();
        _scene.Work.Line("dtfile c -r c.dtr").Succeeds();
        byte[] half = _scene.Work.Read("a");
        _scene.Work.Line("dtfile apply c.dtf a").Fails(4, "in the middle of another run", "apply p.dtf again");
        Assert.Equal(half, _scene.Work.Read("a"));
        _scene.Work.Line(Line).Ends(0);
        _scene.Holds(_scene.B);
        Assert.False(_scene.HasJournal);
    }

    [FaultFact]
    public void A_journal_damaged_between_two_runs_is_refused_and_can_be_abandoned()
    {
        // Between two changes, so that no block is torn: without its journal a torn block is nobody's.
        KillInTheMiddle(Line, Fault.Kill);
        string journal = _scene.Work.Names.Single(name => name.EndsWith("-journal", StringComparison.Ordinal));
        byte[] bytes = _scene.Work.Read(journal);
        Array.Fill(bytes, (byte)0x5A);
        _scene.Work.Write(journal, bytes);
        byte[] half = _scene.Work.Read("a");
        _scene.Work.Line(Line).Fails(4, "damaged or not a journal", "--abandon-journal");
        Assert.Equal(half, _scene.Work.Read("a"));
        _scene.Work.Line(Line + " --abandon-journal").Ends(0);
        _scene.IsDone(_scene.B);
    }

    [FaultFact]
    public void A_journal_lost_between_two_runs_makes_a_torn_block_unrecognised()
    {
        KillInTheMiddle(Line);
        string journal = _scene.Work.Names.Single(name => name.EndsWith("-journal", StringComparison.Ordinal));
        File.Delete(_scene.Work[journal]);
        byte[] half = _scene.Work.Read("a");
        _scene.Work.Line(Line).Fails(4, "neither as p.dtf expects nor already new");
        Assert.Equal(half, _scene.Work.Read("a"));
        _scene.Work.Line(Line + " --force-unrecognized").Ends(0);
        _scene.IsDone(_scene.B);
    }

    [FaultFact]
    public void An_undo_file_damaged_between_two_runs_is_found_out_and_the_run_goes_on_without_it()
    {
        string line = _scene.Line(undo: true);
        KillInTheMiddle(line);
        byte[] undo = _scene.Work.Read(ApplyScene.Undo);
        undo[undo.Length / 2] ^= 1;
        _scene.Work.Write(ApplyScene.Undo, undo);
        byte[] half = _scene.Work.Read("a");
        _scene.Work.Line(line).Fails(3, $"{ApplyScene.Undo}: ");
        _scene.Work.Line(_scene.Line(ApplyScene.Undo)).Fails(3, $"{ApplyScene.Undo}: ");
        Assert.Equal(half, _scene.Work.Read("a"));
        _scene.Work.Line(Line).Ends(0);
        _scene.IsDone(_scene.B);
    }

    [FaultFact]
    public void An_undo_file_lost_between_two_runs_is_not_made_of_half_a_target()
    {
        string line = _scene.Line(undo: true);
        KillInTheMiddle(line);
        File.Delete(_scene.Work[ApplyScene.Undo]);
        byte[] half = _scene.Work.Read("a");
        _scene.Work.Line(line).Fails(4, "no undo file can be made", "run without --undo to continue");
        Assert.False(File.Exists(_scene.Work[ApplyScene.Undo]));
        Assert.Equal(half, _scene.Work.Read("a"));
        _scene.Work.Line(Line).Ends(0);
        _scene.IsDone(_scene.B);
    }

    [FaultFact]
    public void A_target_changed_between_two_runs_outside_the_journal_is_left_alone()
    {
        KillInTheMiddle(Line);
        _scene.Spoil("a", OtherBlock);
        _scene.Work.Line(Line + " --verify full").Fails(7, "others differ from the content");
        byte[] expected = [.. _scene.B];
        expected[OtherBlock] = 0xA5;
        _scene.Work.Line(Line).Ends(0);
        _scene.Holds(expected);
    }

    [FaultFact]
    public void A_block_by_which_the_target_is_known_changed_between_two_runs_is_named()
    {
        KillInTheMiddle(Line);
        _scene.Spoil("a", (16 * BlockSize) + 5);
        byte[] half = _scene.Work.Read("a");
        _scene.Work.Line(Line).Fails(4, "although no run had to change them", "--abandon-journal");
        Assert.Equal(half, _scene.Work.Read("a"));
    }

    [FaultTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_backup_put_back_between_two_runs_and_used_since_is_left_alone(bool asAnotherFile)
    {
        KillInTheMiddle(Line);
        byte[] used = [.. _scene.A];
        used[PatchedBlock + 600] ^= 1;
        _scene.Work.Write(asAnotherFile ? "backup" : "a", used);
        if (asAnotherFile)
        {
            File.Move(_scene.Work["backup"], _scene.Work["a"], overwrite: true);
        }

        _scene.Work.Line(Line).Fails(4, "is not the target that p.dtf was being applied to", "--abandon-journal");
        Assert.Equal(used, _scene.Work.Read("a"));
        _scene.Work.Line(Line + " --abandon-journal").Fails(4, "neither as p.dtf expects nor already new");
        Assert.Equal(used, _scene.Work.Read("a"));
    }

    [FaultTheory]
    [InlineData("ckfile b -o x")]
    [InlineData("dtfile b -r p.dtr -o x")]
    public void A_source_changed_while_it_is_read_is_found_out(string line)
    {
        // Another block than the one that is being read.
        During("pread64 b", () => _scene.Spoil("b", OtherBlock), line, "read").Fails(4, "b: changed while it was read");
        Assert.False(File.Exists(_scene.Work["x"]));
    }

    /// <summary>Runs, and does something just before the last call of a kind on a file; "*": before the first change of all.</summary>
    private ToolResult During(string moment, Action change, string? line = null, string calls = Fault.Change)
    {
        line ??= Line;
        FaultedRun clean = _scene.Faults.Run(line, Fault.None(calls));
        clean.Result.Ends(0);
        _scene.Reset();
        string[] words = moment.Split(' ');
        int number = moment == "*"
            ? 1
            : 1 + clean.Calls.ToList().FindLastIndex(call => call.Split(' ')[1] == words[0] && call.Split(' ')[2] == _scene.Work[words[1]]);
        Assert.True(number > 0, moment);
        FaultedRun? run = _scene.Faults.RunWithPause(line, Fault.Pause(number, calls), change);
        Assert.NotNull(run);
        return run.Result with { Command = line };
    }

    // Some blocks new, one torn, some old.
    private void KillInTheMiddle(string line, Func<int, Fault>? how = null)
    {
        FaultedRun clean = _scene.Faults.Run(line, Fault.None());
        clean.Result.Ends(0);
        _scene.Reset();
        int[] writes = [.. Enumerable.Range(0, clean.Calls.Count).Where(
            i => clean.Calls[i].Contains($" pwrite64 {_scene.Work["a"]} ", StringComparison.Ordinal))];
        _scene.Faults.Run(line, (how ?? Fault.Tear)(1 + writes[writes.Length / 2])).IsKilled();
        Assert.True(_scene.HasJournal);
    }
}
