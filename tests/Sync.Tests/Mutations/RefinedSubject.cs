namespace BinarySync.Sync.Tests.Mutations;

/// <summary>A message of a refined sync, of any kind: its header has the identity of the coarse one.</summary>
internal sealed class RefinedSubject : IMutationSubject
{
    private static readonly MessageSubject[] Kinds =
        [
            new RequestSubject(),
            new ChecksumFileSubject(),
            new DataRequestSubject(),
            new DataFileSubject(isUndo: false),
            new DataFileSubject(isUndo: true)];

    public string Name => "refined";

    public Mutant Bend(MutationCorpus corpus, Random random)
    {
        MessageSubject kind = Kinds[random.Next(Kinds.Length)];
        return new RefinedMutant(kind, kind.Bend(corpus.Pick(pair => pair.Refined is not null, random).Refined!, corpus, random));
    }

    public string Try(Mutant mutant, Random random)
    {
        RefinedMutant refined = (RefinedMutant)mutant;
        return $"{refined.Kind.Name} {refined.Kind.Try(mutant, random)}";
    }

    private sealed record RefinedMutant(MessageSubject Kind, Mutant One) : Mutant(One.Bytes, One.Original, One.Pair, One.Done);
}
