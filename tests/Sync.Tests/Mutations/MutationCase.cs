using System.Buffers.Binary;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// One case of a run: which subject, which corpus and what is done follow from seed and number alone, so that it can be done again by
/// itself.
/// </summary>
internal sealed class MutationCase
{
    /// <summary>Cases that begin with the same corpus.</summary>
    private const long CasesPerCorpus = 6000;

    // A pair with several groups takes time and memory: one corpus of four has one.
    private const long LargeEvery = 4;

    private static (int Seed, long Number, MutationCorpus Corpus)? _last;

    private MutationCase(int seed, long number)
    {
        Seed = seed;
        Number = number;
        Subject = Subjects[(int)(number % Subjects.Count)];
    }

    /// <summary>All kinds, in the order in which they take turns.</summary>
    public static IReadOnlyList<IMutationSubject> Subjects { get; } =
    [
        new RequestSubject(), new ChecksumFileSubject(), new DataRequestSubject(), new DataFileSubject(isUndo: false),
        new DataFileSubject(isUndo: true),
        new JournalSubject(), new PartSubject(), new MergedSubject(), new RefinedSubject(),
    ];

    public int Seed { get; }

    public long Number { get; }

    public IMutationSubject Subject { get; }

    public static MutationCase Of(int seed, long number) => new(seed, number);

    /// <summary>Makes the mutant.</summary>
    public Mutant Bend() => Subject.Bend(CorpusOf(Seed, Number / CasesPerCorpus), new Random(Mix(1)));

    /// <summary>Tries the mutant; each time the same.</summary>
    /// <exception cref="MutationViolation">What came of it may not be.</exception>
    public string Try(Mutant mutant)
    {
        try
        {
            return Subject.Try(mutant, new Random(Mix(2)));
        }
        catch (Exception exception) when (exception is not MutationViolation)
        {
            throw new MutationViolation($"no typed error: {exception}");
        }
    }

    /// <summary>Bytes of content that the sections of a message say they have, as far as they can be followed.</summary>
    public static long DeclaredRawSize(ReadOnlySpan<byte> message)
    {
        const int Preamble = 16;
        const int Header = 20;
        const int MostRaw = 4 << 20;
        if (message.Length < Preamble)
        {
            return 0;
        }

        long raw = 0;
        long position = Preamble + BinaryPrimitives.ReadUInt32LittleEndian(message[12..]) + 8L;
        while (position + Header <= message.Length)
        {
            ReadOnlySpan<byte> section = message[(int)position..];
            raw += Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(section[8..]), MostRaw);
            position += Header + BinaryPrimitives.ReadUInt32LittleEndian(section[4..]);
        }

        return raw;
    }

    private static MutationCorpus CorpusOf(int seed, long number)
    {
        if (_last is not { } last || last.Seed != seed || last.Number != number)
        {
            _last = null;
            _last = (seed, number, new MutationCorpus(Mix(seed, number, 0), number % LargeEvery == 1));
        }

        return _last.Value.Corpus;
    }

    private int Mix(int purpose) => Mix(Seed, Number, purpose);

    // HashCode.Combine differs from process to process.
    private static int Mix(int seed, long number, int purpose)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, seed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], purpose);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], number);
        return (int)System.IO.Hashing.XxHash3.HashToUInt64(bytes);
    }
}
