namespace BinarySync.Tests.Messages;

/// <summary>What was done to a message, for the books of a long run.</summary>
internal enum MutationClass
{
    // Bytes: no checksum follows.
    BitFlipped,
    EndCut,
    BytesRemoved,
    BytesSpliced,
    BytesAppended,
    BytesOverwritten,

    // Structure: checksums, digest and lengths fit the result.
    Preamble,
    HeaderField,
    TrailerField,
    SectionsMoved,
    SectionHeader,
    SectionCount,
    OperationField,
    HashField,
    Content,

    /// <summary>Operations, kinds and content were changed into others that are right in themselves.</summary>
    Reworked,

    /// <summary>A field of a journal's record.</summary>
    JournalField,

    /// <summary>On top of others: the trailer's counts and roots, and the hashes of content, were made to fit as well.</summary>
    Fitted,
}
