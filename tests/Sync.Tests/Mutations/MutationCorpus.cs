using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>Valid messages to begin with: those of some pairs, made by the operations themselves, and the accepted vectors.</summary>
internal sealed class MutationCorpus
{
    private const int PairCount = 10;

    // Besides those; none beside a large pair.
    private const int MovedCount = 2;

    // Beside a large pair, so that all fits into the memory that is allowed.
    private const int FewPairs = 2;

    // Messages that parts are taken from; a large one would only cost time.
    private const int LongestSource = 64 << 10;

    private static readonly Lazy<IReadOnlyList<VectorFile>> Accepted =
        new(() => [.. VectorFile.Names.Select(VectorFile.Load).Where(vector => vector.Expect is null)]);

    private readonly MutationPair[] _pairs;

    /// <summary>Makes a corpus. Equal seeds, equal corpora.</summary>
    /// <param name="seed">For everything that is left to chance.</param>
    /// <param name="large">With a pair whose data file has several groups.</param>
    public MutationCorpus(int seed, bool large)
    {
        Random random = new(seed);
        List<MutationPair> pairs = [];
        while (pairs.Count < (large ? FewPairs : PairCount) || !IsRich(pairs))
        {
            pairs.Add(MutationPair.Random(random));
        }

        pairs.AddRange(Enumerable.Range(0, large ? 0 : MovedCount).Select(_ => MutationPair.Moved(random)));
        _pairs = [.. pairs, .. large ? [MutationPair.Large(random)] : (MutationPair[])[]];
        Sources = [.. _pairs.SelectMany(pair => pair.Messages).Concat(Accepted.Value.Select(vector => vector.Message)).Where(
            message => message.Length <= LongestSource)];
    }

    // Of every kind there is one at least.
    private static bool IsRich(List<MutationPair> pairs) =>
        pairs.Exists(pair => pair.Parts.Count > 0)
            && pairs.Exists(pair => pair.Merged is not null)
            && pairs.Exists(pair => pair.Refined is not null);

    /// <summary>Messages of all kinds, to take parts from.</summary>
    public byte[][] Sources { get; }

    /// <summary>A pair, or a vector of the kind that stands alone.</summary>
    public MutationPair Pick(MessageKind kind, Random random)
    {
        VectorFile[] vectors = [.. Accepted.Value.Where(vector => vector.ReadAs == kind)];
        int number = random.Next(_pairs.Length * 5 / 4);
        return number < _pairs.Length ? _pairs[number] : MutationPair.Of(vectors[random.Next(vectors.Length)].Message);
    }

    /// <summary>A pair that has what is wanted.</summary>
    public MutationPair Pick(Func<MutationPair, bool> has, Random random)
    {
        MutationPair[] those = [.. _pairs.Where(has)];
        return those[random.Next(those.Length)];
    }

    /// <summary>A pair that can be applied, and of which several states fit into memory.</summary>
    public MutationPair PickSmall(Random random) => _pairs[random.Next(_pairs.Length - (_pairs[^1].IsLarge ? 1 : 0))];
}
