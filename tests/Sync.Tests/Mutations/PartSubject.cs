using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Sync.Tests.Splitting;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// A part of a set, applied to a target that has some of the others already: alone, or together with all that are missing.
/// </summary>
internal sealed class PartSubject : IMutationSubject
{
    public string Name => "part";

    public Mutant Bend(MutationCorpus corpus, Random random)
    {
        MutationPair pair = corpus.Pick(pair => pair.Parts.Count > 0, random);
        StorageKind kind = random.Next(4) == 0 ? StorageKind.BlockDevice : StorageKind.RegularFile;
        DiskImage image = pair.A.Copy();
        if (kind == StorageKind.BlockDevice)
        {
            image.SetLength(Math.Max(pair.A.Length, pair.B.Length) + (random.Next(2) * random.Next(70_000)));
        }

        int number = random.Next(pair.Parts.Count);
        PartState state = new(image, kind, new FakeStateFile(), 0);

        // Of ten targets one has the part itself already.
        int[] others = [.. Enumerable.Range(0, pair.Parts.Count).Where(i => i == number ? random.Next(10) == 0 : random.Next(2) == 0)];
        random.Shuffle(others);
        foreach (int other in others)
        {
            FakeStorage target = state.Target();
            Apply(target, state.Note, new ApplySpecification(), pair.Parts[other]);
            state = PartState.Of(target, state.Note);
        }

        byte[] original = pair.Parts[number];
        (byte[] bent, IReadOnlyList<MutationClass> done) = MessageSubject.Bend(original, corpus, random);
        return new PartMutant(
            bent,
            original,
            pair,
            done,
            state,
            [.. Enumerable.Range(0, pair.Parts.Count).Where(i => i != number && !others.Contains(i)).Select(i => pair.Parts[i])]);
    }

    public string Try(Mutant mutant, Random random)
    {
        PartMutant bent = (PartMutant)mutant;
        string read = MessageSubject.Read(mutant, MessageKind.DataFile);
        bool isTogether = bent.Missing.Length > 0 && !mutant.Pair.IsLarge && random.Next(3) == 0;
        ApplySpecification how = new()
        {
            DryRun = !isTogether && random.Next(16) == 0,
            Sparse = (SparseMode)random.Next(3),
            Verify = random.Next(8) switch { 0 => VerifyMode.Full, 1 => VerifyMode.None, _ => VerifyMode.Written },
        };
        string came = isTogether ? TryTogether(bent, how) : TryAlone(bent, how);
        bool isDone = came.StartsWith(ApplyOracle.Done, StringComparison.Ordinal);
        ApplyOracle.Require(!isDone || read == MessageSubject.Accepted, $"it is refused by its reader, and {came}");
        return $"{(isTogether ? "together" : "alone")} {read}{(read == MessageSubject.Accepted ? ", " + came : "")}";
    }

    private static string TryAlone(PartMutant bent, ApplySpecification how)
    {
        PartState before = bent.State;
        FakeStorage target = before.Target();
        FakeStateFile note = before.CopyOfNote();
        FakeStateFile journal = new();
        SetResult? result;
        try
        {
            result = Apply(target, note, how, journal, bent.Bytes);
        }
        catch (SyncException exception) when (exception.Error == SyncError.VerificationFailed)
        {
            ApplyOracle.Require(how.Verify == VerifyMode.Full, "what was written to a sound disk is said not to read back");
            RequireOutcome(target, before, Outcome(bent.Bytes, before, cuts: false), bent.Bytes);
            return ApplyOracle.Done + ", root differs";
        }
        catch (Exception exception) when (exception is MessageFormatException or SyncException or StorageException)
        {
            ApplyOracle.RequireUntouched(target, before.Image, $"it was refused ({exception.Message})");
            RequireAsBefore(note, journal, before, $"it was refused ({exception.Message})");
            return ApplyOracle.Refusal(exception);
        }

        if (how.DryRun)
        {
            ApplyOracle.RequireUntouched(target, before.Image, "it was a dry run");
            RequireAsBefore(note, journal, before, "it was a dry run");
            return "dry run";
        }

        ApplyOracle.Require(journal.Content is null, "all is done, and the journal still stands");
        ApplyOracle.Require(
            result is null || result.IsComplete == note.Content is null,
            "a note stands beside a complete target, or none beside one that is not");
        RequireOutcome(target, before, Outcome(bent.Bytes, before, cuts: result is null || result.IsComplete), bent.Bytes);
        bool isSame = ApplyOracle.Fingerprint(bent.Bytes).AsSpan().SequenceEqual(ApplyOracle.Fingerprint(bent.Original));
        return ApplyOracle.Done + (result is null ? " as no part" : isSame ? " as the original" : " as another part");
    }

    // What is refused among others leaves those applied that came before it, each as a whole: so the right part and the rest finish the
    // job.
    private static string TryTogether(PartMutant bent, ApplySpecification how)
    {
        FakeStorage target = bent.State.Target();
        FakeStateFile note = bent.State.CopyOfNote();
        FakeStateFile journal = new();
        SetResult? result;
        try
        {
            result = Apply(target, note, how, journal, [.. bent.Missing, bent.Bytes]);
        }
        catch (Exception exception) when (exception is MessageFormatException or SyncException or StorageException)
        {
            if (IsRefusedAlone(bent))
            {
                ApplyOracle.Require(journal.Content is null, "it was refused, and a journal stands");
                PartState left = PartState.Of(target, note);
                target = left.Target();
                SetResult finished = Apply(target, note, new ApplySpecification(), new FakeStateFile(), [.. bent.Missing, bent.Original])!;
                ApplyOracle.Require(finished.IsComplete, "after a part that was refused, the right ones do not complete the set");
                RequireOutcome(target, left, Whole(bent.Pair, bent.State), bent.Original);
            }

            return ApplyOracle.Refusal(exception);
        }

        ApplyOracle.Require(journal.Content is null, "all is done, and the journal still stands");
        PartState state = bent.State;
        foreach (byte[] part in bent.Missing.Append(bent.Bytes).OrderBy(part => HeaderOf(part).Set!.Part))
        {
            state = state with { Image = Outcome(part, state, cuts: false) };
        }

        RequireOutcome(target, bent.State, Cut(state, HeaderOf(bent.Bytes), result!.IsComplete), bent.Bytes);
        bool isSame = ApplyOracle.Fingerprint(bent.Bytes).AsSpan().SequenceEqual(ApplyOracle.Fingerprint(bent.Original));
        ApplyOracle.Require(!isSame || result.IsComplete, "it says the same as the original, and the set is not complete");
        return ApplyOracle.Done + (isSame ? " as the original" : " as another part");
    }

    private static bool IsRefusedAlone(PartMutant bent)
    {
        try
        {
            Apply(bent.State.Target(), bent.State.CopyOfNote(), new ApplySpecification(), new FakeStateFile(), bent.Bytes);
            return false;
        }
        catch (Exception exception) when (exception is MessageFormatException or SyncException or StorageException)
        {
            return true;
        }
    }

    private static SetResult? Apply(FakeStorage target, FakeStateFile note, ApplySpecification how, byte[] part) =>
        Apply(target, note, how, new FakeStateFile(), part);

    // As the program does: what is no part is applied as a data file of its own; then there is no result.
    private static SetResult? Apply(
        FakeStorage target, FakeStateFile note, ApplySpecification how, FakeStateFile journal, params byte[][] parts)
    {
        if (SetTarget.Look(parts) is { } looked)
        {
            return SetApplyOperation.Run(target, looked, FourSteps.Places(journal), note, how, FourSteps.Threads(1));
        }

        ApplyOperation.Run(target, FourSteps.Patch(parts[0]), FourSteps.Places(journal), how, FourSteps.Threads(1));
        return null;
    }

    private static DiskImage Outcome(byte[] part, PartState before, bool cuts) =>
        ApplyOracle.Outcome(part, before.Image, before.Kind, cuts);

    private static DiskImage Whole(MutationPair pair, PartState before)
    {
        DiskImage whole = before.Image.Copy();
        whole.SetLength(Math.Max(whole.Length, pair.B.Length));
        byte[] b = pair.B.ToArray();
        DataFileHeader header = HeaderOf(pair.Parts[0]);
        if (header.Coverage.IsWhole)
        {
            whole.Write(b, 0);
        }
        else
        {
            PartState state = before;
            foreach (byte[] part in pair.Parts)
            {
                state = state with { Image = Outcome(part, state, cuts: false) };
            }

            whole = state.Image;
        }

        return Cut(before with { Image = whole }, header, isComplete: true);
    }

    private static DiskImage Cut(PartState state, DataFileHeader header, bool isComplete)
    {
        DiskImage cut = state.Image.Copy();
        if (isComplete && state.Kind == StorageKind.RegularFile && header.SyncGeometry.ResizesTarget && cut.Length > header.TargetSize)
        {
            cut.SetLength(header.TargetSize);
        }

        return cut;
    }

    // What lies behind B's end in a file that is not cut yet, and on a device, is as it was or zeros.
    private static void RequireOutcome(FakeStorage target, PartState before, DiskImage expected, byte[] part)
    {
        (long a, long b) = (HeaderOf(part).SyncGeometry.Base.Size, HeaderOf(part).TargetSize);
        if (target.Length == b || target.Length != before.Image.Length)
        {
            ApplyOracle.RequireOutcome(target, expected);
        }
        else
        {
            ApplyOracle.RequireOutcomeOnDevice(target, expected, before.Image, b, Math.Max(a, b), "");
        }
    }

    private static void RequireAsBefore(FakeStateFile note, FakeStateFile journal, PartState before, string why)
    {
        ApplyOracle.Require(journal.Log.Count == 0, $"{why}, and a journal was begun");
        ApplyOracle.Require(
            note.Log.Count == 0 && note.Content.AsSpan().SequenceEqual(before.Note.Content), $"{why}, and the note is another one");
    }

    private static DataFileHeader HeaderOf(byte[] part) =>
        new OperationReader(new MemoryStream(part), "part", MessageKind.DataFile).FileHeader;

    /// <param name="State">Before the part is applied.</param>
    /// <param name="Missing">All other parts that are not in place.</param>
    private sealed record PartMutant(
        byte[] Bytes, byte[] Original, MutationPair Pair, IReadOnlyList<MutationClass> Done, PartState State, byte[][] Missing)
        : Mutant(Bytes, Original, Pair, Done);
}
