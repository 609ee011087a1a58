using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>A kind of input that comes from outside and may be anything: how it is bent, and what may come of it.</summary>
internal interface IMutationSubject
{
    /// <summary>Its name on the command line of the campaign.</summary>
    string Name { get; }

    /// <summary>Bends something valid. Uses no other source of chance than the one given.</summary>
    Mutant Bend(MutationCorpus corpus, Random random);

    /// <summary>Gives it to everything that reads it. Uses no other source of chance than the one given.</summary>
    /// <returns>What came of it, in a few words: for the books.</returns>
    /// <exception cref="MutationViolation">What came of it may not be. Any other exception is a violation as well.</exception>
    string Try(Mutant mutant, Random random);
}

/// <summary>Something valid that was bent.</summary>
/// <param name="Bytes">As bent.</param>
/// <param name="Original">As it was.</param>
/// <param name="Pair">What it belongs to.</param>
/// <param name="Done">What was done.</param>
internal record Mutant(byte[] Bytes, byte[] Original, MutationPair Pair, IReadOnlyList<MutationClass> Done)
{
    /// <summary>True where checksums were computed again, so that more than unchanged bytes may be accepted.</summary>
    public bool IsStructural => Done.Any(what => what >= MutationClass.Preamble);

    public bool IsUnchanged => Bytes.AsSpan().SequenceEqual(Original);
}

/// <summary>Something bent was neither refused as it must be nor taken for what it says.</summary>
internal sealed class MutationViolation(string message) : Exception(message);
