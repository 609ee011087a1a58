using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>One of the four files.</summary>
internal abstract class MessageSubject(MessageKind kind) : IMutationSubject
{
    public virtual string Name => kind.Extension();

    public Mutant Bend(MutationCorpus corpus, Random random) => Bend(corpus.Pick(kind, random), corpus, random);

    /// <summary>Bends the message of a pair.</summary>
    public Mutant Bend(MutationPair pair, MutationCorpus corpus, Random random)
    {
        byte[] original = Message(pair, random);
        (byte[] bent, IReadOnlyList<MutationClass> done) = Bend(original, corpus, random);
        return new Mutant(bent, original, pair, done);
    }

    /// <summary>Bends a message.</summary>
    public static (byte[] Bent, IReadOnlyList<MutationClass> Done) Bend(byte[] original, MutationCorpus corpus, Random random)
    {
        Mutator mutator = new(random, corpus.Sources);

        // Of five one has its bytes bent, one its fields, and three are made to fit themselves as far as can be: so the deepest rules are
        // reached.
        byte[] bent = random.Next(5) switch
        {
            0 => mutator.BendBytes(original),
            1 => mutator.BendFields(original),
            2 or 3 => mutator.Rework(original),
            _ => mutator.BendFields(original, fit: true),
        };
        return (bent, mutator.Done);
    }

    public string Try(Mutant mutant, Random random)
    {
        string read = Read(mutant, kind);
        return $"{read}{Use(mutant, read == Accepted, random)}";
    }

    /// <summary>What <see cref="Read"/> says of a message that it has read to the end.</summary>
    public const string Accepted = "accepted";

    /// <summary>The message of a pair that is bent.</summary>
    protected abstract byte[] Message(MutationPair pair, Random random);

    /// <summary>Does with it what the programs do.</summary>
    /// <returns>For a message that was accepted: what came of it, after a comma.</returns>
    protected abstract string Use(Mutant mutant, bool isAccepted, Random random);

    /// <summary>Reads a message to its end, and decompresses its frames; says "accepted", or why it was refused.</summary>
    /// <exception cref="MutationViolation">It was accepted, and no checksum fits it.</exception>
    public static string Read(Mutant mutant, MessageKind kind)
    {
        byte[] message = mutant.Bytes;
        try
        {
            ReadToEnd(message, kind);
        }
        catch (MessageFormatException exception)
        {
            return exception.Offset >= 0 && exception.Offset <= message.Length
                ? $"{exception.Error}"
                : throw new MutationViolation($"an error at offset {exception.Offset} of {message.Length} bytes");
        }

        return mutant.IsStructural || mutant.IsUnchanged
            ? Accepted
            : throw new MutationViolation("bytes were bent, no checksum was computed again, and it was accepted");
    }

    protected static int Threads(MutationPair pair, Random random) => pair.IsLarge ? 1 : random.Next(1, 3);

    /// <summary>Reads what our own operations have written: that must be right.</summary>
    protected static void RequireReadable(byte[] message, MessageKind written)
    {
        try
        {
            ReadToEnd(message, written);
        }
        catch (MessageFormatException exception)
        {
            throw new MutationViolation(
                $"the {written.Words()} that was made of it is refused: {exception.Message} ({exception.Field}, offset "
                    + $"{exception.Offset})");
        }
    }

    private static void ReadToEnd(byte[] message, MessageKind kind)
    {
        using MemoryStream input = new(message, writable: false);
        MessageReader reader = new MessageReader(input, "mutant").Require(kind);
        switch (kind)
        {
            case MessageKind.ChecksumRequest:
                ChecksumRequest.ReadToEnd(reader);
                break;
            case MessageKind.ChecksumFile:
                using (ChecksumFileReader checksums = new(reader))
                {
                    while (checksums.ReadRun(out _))
                    {
                    }
                }

                break;
            default:
                OperationReader operations = new(reader);
                FrameDecoder decoder = new("mutant", MessageBytes.ReaderOf(message));
                OperationGroup group = new();
                while (operations.ReadGroup(group))
                {
                    // A data request has no frames: its groups are all there is.
                    while (kind == MessageKind.DataFile && operations.ReadFrame(out ReadOnlyMemory<byte> stored))
                    {
                        // What is over old content cannot be decoded without it.
                        if (operations.Frame.Codec != FrameCodec.Prefix)
                        {
                            MessageBytes.Decode(decoder, operations, stored.Span);
                        }
                    }
                }

                break;
        }
    }
}
