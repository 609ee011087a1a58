using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// The journal of a run that broke off, beside the target that it left partly patched: the data file, or the undo file, is applied again.
/// That ends in B (or A), or with a typed error and not a byte changed.
/// </summary>
internal sealed class JournalSubject : IMutationSubject
{
    public string Name => "journal";

    public Mutant Bend(MutationCorpus corpus, Random random)
    {
        MutationPair pair = corpus.PickSmall(random);
        StorageKind kind = random.Next(4) == 0 ? StorageKind.BlockDevice : StorageKind.RegularFile;
        DiskImage before = pair.A.Copy();
        if (kind == StorageKind.BlockDevice)
        {
            before.SetLength(Math.Max(pair.A.Length, pair.B.Length) + (random.Next(2) * random.Next(70_000)));
        }

        // The n-th write fails, half done; the journal stands.
        FakeStorage target = new(before.Copy(), kind);
        target.FailAt(new DiskFault(DiskCall.Write, random.Next(1, 5), StorageError.WriteFailed, 512 * random.Next(3)));
        byte[]? last = null;
        FakeStateFile journal = new();

        // Of a run that came to its end: as if it had been killed before it said so.
        journal.Before = call => last = call == StateCall.Overwrite ? journal.Content!.ToArray() : last;
        FakeUndoPlace? undo = random.Next(2) == 0 ? new FakeUndoPlace() : null;
        FakeRedoFile redo = new();
        try
        {
            ApplyOperation.Run(
                target,
                FourSteps.Patch(pair.DataFile),
                FourSteps.Places(journal, undo) with { Redo = redo },
                new ApplySpecification(),
                FourSteps.Threads(1));
        }
        catch (StorageException)
        {
        }

        byte[] standing = journal.Content ?? last ?? JournalMutator.Fresh(pair.DataFile);
        JournalMutator mutator = new(random);
        byte[] bent = random.Next(3) == 0 ? mutator.BendBytes(standing) : mutator.BendFields(standing);
        return new JournalMutant(bent, standing, pair, mutator.Done, before, target.Cache, kind, undo?.Content, redo.Content);
    }

    public string Try(Mutant mutant, Random random)
    {
        JournalMutant bent = (JournalMutant)mutant;
        if (!bent.IsStructural && JournalRecord.TryDecode(bent.Bytes, out JournalRecord? found) == JournalContent.Valid)
        {
            ApplyOracle.Require(
                bent.Original.AsSpan().IndexOf(found!.Encode()) >= 0,
                "bytes were bent, no checksum was computed again, and another record was found");
        }

        FakeStorage target = new(bent.State.Copy(), bent.Kind);
        FakeStateFile journal = new() { Content = [.. bent.Bytes] };
        bool goesBack = bent.Undo is not null && random.Next(3) == 0;
        ApplySpecification how = new()
        {
            DryRun = random.Next(16) == 0,
            AbandonJournal = random.Next(8) == 0,
            CheckBase = random.Next(8) == 0,
            Sparse = (SparseMode)random.Next(3),
        };
        try
        {
            ApplyResult result = ApplyOperation.Run(
                target,
                FourSteps.Patch(goesBack ? bent.Undo! : bent.Pair.DataFile),
                FourSteps.Places(journal, undo: null) with { Redo = new FakeRedoFile { Content = bent.Redo?.ToArray() } },
                how,
                FourSteps.Threads(random.Next(1, 3)));
            if (how.DryRun)
            {
                ApplyOracle.RequireUntouched(target, bent.State, "it was a dry run");
                ApplyOracle.Require(journal.Log.Count == 0, "a dry run changed the journal");
                return "dry run";
            }

            DiskImage expected = goesBack ? bent.Before : ApplyOracle.Outcome(bent.Pair.DataFile, bent.Before, bent.Kind);
            string when = $"a {bent.Kind}, {(goesBack ? "back" : "forth")}, {result.Start}: ";

            // What is torn behind the end of A is cleared: all of it, unless copies, or content over old content, were flushed before it.
            OperationReader reader = new(new MemoryStream(bent.Pair.DataFile), "whole", MessageKind.DataFile);
            bool isFlushedOnce = !bent.Pair.IsMoved && !reader.FileHeader.AllowsPrefix;
            bool isCleared = goesBack && bent.SaysTheSame && !how.AbandonJournal && isFlushedOnce;
            if (bent.Kind == StorageKind.RegularFile || isCleared)
            {
                ApplyOracle.RequireOutcome(target, expected, when);
            }
            else
            {
                (long a, long b) = (bent.Pair.A.Length, bent.Pair.B.Length);
                ApplyOracle.RequireOutcomeOnDevice(target, expected, bent.State, goesBack ? a : b, Math.Max(a, b), when);
            }

            ApplyOracle.Require(journal.Content is null, "the journal still stands, although all is done");
            return $"{(goesBack ? "taken back" : "finished")}, {result.Start}";
        }
        catch (Exception exception) when (exception is MessageFormatException or SyncException or StorageException)
        {
            ApplyOracle.RequireUntouched(target, bent.State, $"it was refused ({exception.Message})");
            ApplyOracle.Require(
                journal.Content is { } left && left.AsSpan().SequenceEqual(bent.Bytes), "it was refused, and the journal is another one");
            return exception is SyncException sync ? $"refused: {sync.Error}" : $"refused: {exception.GetType().Name}";
        }
    }

    /// <param name="Before">The target before the run that broke off.</param>
    /// <param name="State">As that run has left it.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="Undo">The undo file that the run has made, or null.</param>
    /// <param name="Redo">The redo that it has left, or null.</param>
    private sealed record JournalMutant(
        byte[] Bytes, byte[] Original, MutationPair Pair, IReadOnlyList<MutationClass> Done, DiskImage Before, DiskImage State,
        StorageKind Kind, byte[]? Undo, byte[]? Redo)
        : Mutant(Bytes, Original, Pair, Done)
    {
        /// <summary>The record that is found is the one that was written.</summary>
        public bool SaysTheSame => JournalRecord.TryDecode(Bytes, out JournalRecord? bent) == JournalContent.Valid
            && JournalRecord.TryDecode(Original, out JournalRecord? original) == JournalContent.Valid
            && bent!.Encode().AsSpan().SequenceEqual(original!.Encode());
    }
}
