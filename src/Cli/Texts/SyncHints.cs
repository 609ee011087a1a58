using BinarySync.Cli.Output;
using BinarySync.Sync;

namespace BinarySync.Cli.Texts;

/// <summary>What to do about a failure of content, by its reason.</summary>
internal static class SyncHints
{
    private const string SameSpecification = "make both from the same checksum request (ckreq), or with the same -b and -a";
    private const string StopWriters = "stop any other program that writes to the target";

    private const string OtherBytes =
        "the device returns other bytes than were written to it, or another program writes to it too: check its health and its users, "
        + "then run the same command again: it rewrites the blocks";

    // On the remote, then on the master: with a request in between, or without one.
    private const string FromNewChecksums = "make a new checksum file of the target, and of that a new data file on the master";

    private const string HalfPatched =
        "an interrupted run has left it half patched: finish that run, or take it back with its undo file; if neither is possible, ";

    private const string Exchanged =
        "the request expects on the remote: were --remote and --master swapped in dtreq, or is this the remote?";

    /// <summary>The hint; null if the message says all.</summary>
    public static string? For(SyncException failure) => failure.Reason switch
    {
        SyncReason.CopySourceChanged or SyncReason.TargetChanged or SyncReason.ChangedWhileSaved => StopWriters,
        SyncReason.DeviceTooSmall => $"make the device larger (lvextend, for instance), then {FromNewChecksums}",
        SyncReason.OtherTargetSize => "is this the target of the data file, and unchanged since its checksum file was made?",
        SyncReason.NotMergedFromRequest => "give the request of this remote that went into the merged one",
        SyncReason.OwnRequestNeeded => "give this remote's own data request",
        SyncReason.CopySourceMissing or SyncReason.OldContentMissing => OldContent(failure),
        SyncReason.CopyHashCollision => "make the request with dtreq --no-copy, or the checksum files with -a sha256",
        SyncReason.UnrecognizedBlocks => Unrecognized(failure),
        SyncReason.OtherRunUnfinished => OtherRun(failure),
        SyncReason.JournalElsewhere =>
            "finish that run as it began: with the name that the target had, and the same --journal; or give it up: --abandon-journal",
        SyncReason.RedoLost => failure.ValueOf<bool>("undo")
            ? "apply the undo file"
            : $"{FromNewChecksums}; --abandon-journal gives up the interrupted run",
        SyncReason.NewerJournal => "resume with that version; --abandon-journal gives up the journal",
        SyncReason.DamagedJournal => "--abandon-journal continues without it: every block is then accepted or refused on its own",
        SyncReason.NotTheBase => failure.ValueOf<bool>("merged")
            ? $"is it this remote's own request? if so, {FromNewChecksums}"
            : $"{FromNewChecksums}; if this is an undo file, apply those of later runs first",
        SyncReason.NotTheCoarseBase => failure.ValueOf<bool>("partly_patched")
            ? "run without --check-base to continue; --verify full proves the whole target at the end"
            : "make a new coarse checksum file of the target, and start again with it",
        SyncReason.OtherBlocksDiffer =>
            $"the target was not the one that the remote's checksum file describes: for the remaining differences, {FromNewChecksums}",
        SyncReason.WrittenBlocksDiffer => OtherBytes,
        SyncReason.NotPartOfSet => "apply one data file after the other",
        SyncReason.PartsOfOtherSets => "'dtfile info' shows which set a part belongs to",
        SyncReason.PartGivenTwice => "give each part once",
        SyncReason.PartsMissing => "give the missing parts too, or leave --verify full to the run with the last one",
        SyncReason.PartsAppliedAlready => "the base can be checked only before the first part: continue without --check-base",
        SyncReason.NotForStreaming => failure.ValueOf<string>("cause") == "not-forward"
            ? "apply it without --stream, or make it with 'dtfile --no-repeats' and without --base and --shift, from the remote's checksum "
                + "file (--remote) or from a request that copies nothing (dtreq --no-copy)"
            : "apply it without --stream",
        SyncReason.TooLateForUndo => failure.ValueOf<string>("cause") == "up-to-date"
            ? "the undo file of the run that wrote it is the way back"
            : "if an earlier run made an undo file, name that one; if not, run without --undo to continue: the target cannot be taken back",
        SyncReason.ChecksumsNotDerived => "make it with ckfile",
        SyncReason.ChecksumsNotDerivable => "leave out --update-ckf, and make a new checksum file with ckfile",
        SyncReason.DataFileChanged => "apply an unchanged copy of the data file",
        SyncReason.NothingToCompare => "make it with other ranges, or for the whole target",
        SyncReason.CoarseSizeChanged => "its size has changed since the coarse checksum file was made: start again with a new one",
        SyncReason.DifferentSpecifications => DifferentSpecifications(failure),
        SyncReason.DifferentMasters => "make all requests with the same checksum file of the master (--master)",
        SyncReason.PartsLeaveOut => "make the missing parts; --partial joins the existing ones",
        SyncReason.TooManyRanges => failure.ValueOf<string>("of") == "parts"
            ? "first join the parts that touch one another"
            : "make both from the same checksum request",
        SyncReason.PartsDisagree => "was the target written to between the two? read a snapshot, and make the parts of it again",
        SyncReason.SourceChanged when failure.ValueOf<string>("reads") is not null =>
            "stop the program that writes to it, or read a snapshot: with --shift, what differs is read several times",
        SyncReason.SourceChanged => "stop the program that writes to it, or read a snapshot; --live accepts the changes",
        SyncReason.MessageChanged => "use a copy that nothing changes",
        SyncReason.OtherMasterSize => failure.ValueOf<bool>("is_base")
            ? $"it has the size that {Exchanged}"
            : "is this the master of the request, and unchanged since its checksum file was made?",
        SyncReason.OtherMaster => failure.ValueOf<bool>("is_base")
            ? $"it has the content that {Exchanged}"
            : "the master has changed since its checksum file was made, or this is another master: make a new checksum file of it, and a "
                + "new request",
        SyncReason.NoCommonBlocks => "make both with the same --range, or from the same checksum request",
        SyncReason.DifferentRefinements => "make both from the same refined checksum request (ckreq --refine)",
        SyncReason.OtherCoarseSize =>
            $"is it the {failure.ValueOf<string>("side")}'s, and was the target's size the same when the coarse checksum file was made?",
        SyncReason.RefinedRequest => "merge requests that were made in one step, without refining",
        SyncReason.MergedRequest => failure.ValueOf<string>("to") switch
        {
            "refine" => "refine each remote's own request",
            "split" => "make a set for each remote from its own request",
            "base" => "leave out --base, or make a data file for each remote from its own request",
            _ => "merge the requests that it was made from together with the others",
        },
        SyncReason.RequestsDisagree => "make them again from the checksum files",
        SyncReason.RefinedAlready => "refine the coarse request with the final block size",
        SyncReason.PartsTooSmall => failure.ValueOf<string>("cause") == "groups"
            ? "make the parts larger: a part has whole groups, and groups without content are not split"
            : "make the parts larger",
        SyncReason.BlocksTooLargeForBase => "leave out --base, or begin with smaller blocks (ckreq -b)",
        SyncReason.NoRollingSums => "make it anew with ckfile --shift, or with a request of ckreq --shift; or leave out --shift",
        SyncReason.PartsDoNotFit => "the parts that were made do not belong together: make them again",
        _ => null,
    };

    private static string DifferentSpecifications(SyncException failure) =>
        (failure.ValueOf<string>("of"), failure.ValueOf<string>("what")) switch
        {
            ("parts", _) => "make all parts from the same checksum request (ckreq), or with the same -b and -a, and of the same target",
            ("requests", "ranges") => "the compared ranges must be the same, whatever the sizes of the remotes; the whole target always is",
            ("requests", _) => "make all checksum files from the same checksum request (ckreq), or with the same -b and -a",
            _ => SameSpecification,
        };

    private static string OldContent(SyncException failure) => failure.ValueOf<string>("cause") switch
    {
        "overwritten" => $"what it needs has been overwritten since: finish taking it back (apply the undo file), or {FromNewChecksums}",
        "half-patched" => $"{HalfPatched}{FromNewChecksums}",
        _ => $"the target has changed since its checksum file was made: {FromNewChecksums}",
    };

    private static string Unrecognized(SyncException failure)
    {
        string file = failure.ValueOf<string>("data_file") ?? string.Empty;
        long baseSize = failure.ValueOf<long>("base_size");
        return failure.ValueOf<string>("cause") switch
        {
            "not-zero" =>
                $"the device is not zero behind byte {baseSize}, where the remote's checksum file ends: if it was extended for this, "
                + $"or a run that was taken back left content there, clear that part first (blkdiscard -z -o {baseSize} "
                + $"{ShellText.Quote(failure.Subject)})",
            "other-target" => $"is this the target of {file}?",
            "half-patched" => $"{HalfPatched}{FromNewChecksums}",
            _ => $"the target has changed since its checksum file was made: {FromNewChecksums}",
        };
    }

    private static string OtherRun(SyncException failure)
    {
        // So a run over a stream names itself (PatchSource.NameInJournal).
        string file = failure.ValueOf<string>("data_file") ?? string.Empty;
        const string AsStream = " (as a stream)";
        string again = file.EndsWith(AsStream, StringComparison.Ordinal)
            ? $"{file[..^AsStream.Length]} again with --stream"
            : $"{file} again";
        string back = failure.ValueOf<bool>("undo") ? ", or its undo file to go back" : string.Empty;
        return failure.ValueOf<bool>("same_name")
            ? $"apply that one to resume its run{back}; if it is lost, make a new checksum file of the target and a data file from that"
            : $"apply {again} to resume that run{back}; --abandon-journal gives up that run";
    }
}
