using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// A data file for several remotes and the request of one of them: the one or the other is bent, and they are applied together.
/// </summary>
internal sealed class MergedSubject : IMutationSubject
{
    public string Name => "merged";

    public Mutant Bend(MutationCorpus corpus, Random random)
    {
        MutationPair pair = corpus.Pick(pair => pair.Merged is not null, random);
        bool isOwn = random.Next(2) == 0;
        byte[] original = isOwn ? pair.Merged!.Own : pair.Merged!.DataFile;
        (byte[] bent, IReadOnlyList<MutationClass> done) = MessageSubject.Bend(original, corpus, random);
        return new MergedMutant(bent, original, pair, done, isOwn);
    }

    public string Try(Mutant mutant, Random random)
    {
        MergedMutant bent = (MergedMutant)mutant;
        MessageKind kind = bent.IsOwn ? MessageKind.DataRequest : MessageKind.DataFile;
        string read = MessageSubject.Read(mutant, kind);
        MergedMessages original = mutant.Pair.Merged!;
        MergedMessages given = bent.IsOwn ? original with { Own = bent.Bytes } : original with { DataFile = bent.Bytes };
        (DiskImage before, StorageKind storage) = TargetState.Pick(mutant.Pair.A, mutant.Pair.B, random);
        ApplySpecification how = new()
        {
            CheckBase = random.Next(6) == 0,
            DryRun = random.Next(16) == 0,
            Sparse = (SparseMode)random.Next(3),
            Verify = random.Next(8) switch { 0 => VerifyMode.Full, 1 => VerifyMode.None, _ => VerifyMode.Written },
        };
        string came;
        try
        {
            PatchSource patch = new(new MemoryFile(given.DataFile), "merged.dtf", FourSteps.Own(given.Own));
            came = ApplyOracle.Try(
                patch, cuts => MergedOracle.Outcome(given, before, storage, cuts), before, storage, how, random.Next(1, 3));
        }
        catch (MessageFormatException exception)
        {
            // The request is read before the target is opened.
            came = ApplyOracle.Refusal(exception);
        }

        bool isDone = came.StartsWith(ApplyOracle.Done, StringComparison.Ordinal);
        ApplyOracle.Require(!isDone || read == MessageSubject.Accepted, $"it is refused by its reader, and {came}");
        if (came == ApplyOracle.Done)
        {
            came += Judge(bent, given, original, before, storage, kind);
        }

        return $"{(bent.IsOwn ? "own request" : "data file")} {read}{(read == MessageSubject.Accepted ? ", " + came : "")}";
    }

    private static string Judge(
        MergedMutant bent, MergedMessages given, MergedMessages original, DiskImage before, StorageKind storage, MessageKind kind)
    {
        bool isSame = ApplyOracle.Fingerprint(bent.Bytes, kind).AsSpan().SequenceEqual(ApplyOracle.Fingerprint(bent.Original, kind));
        DiskImage wanted;
        try
        {
            wanted = MergedOracle.Outcome(original, before, storage, cuts: true);
        }
        catch (MutationViolation) when (!isSame)
        {
            return " as another data file";
        }

        bool isRight = ApplyOracle.Difference(MergedOracle.Outcome(given, before, storage, cuts: true), wanted) is null;
        ApplyOracle.Require(isRight || !isSame, "it says the same as the original, and something else came of it");
        return isRight ? " as the original" : " as another data file";
    }

    /// <param name="IsOwn">The request is bent; else the data file.</param>
    private sealed record MergedMutant(byte[] Bytes, byte[] Original, MutationPair Pair, IReadOnlyList<MutationClass> Done, bool IsOwn)
        : Mutant(Bytes, Original, Pair, Done);
}
