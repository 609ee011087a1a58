using System.Buffers.Binary;
using BinarySync.Format;

namespace BinarySync.Sync.Applying.Evidence;

/// <summary>
/// Eight sectors of the target, each with a fingerprint of its old and of its new content. A kill or a power cut leaves each sector as one
/// of the two. Anything else was written by somebody else.
/// </summary>
/// <param name="Number">The cell of the target: its offset is this times <see cref="Length"/>.</param>
/// <param name="Known">A bit for each sector of which both fingerprints are known.</param>
/// <param name="Before">The fingerprint of each sector before.</param>
/// <param name="After">The fingerprint of each sector after.</param>
internal readonly record struct WitnessCell(long Number, byte Known, uint[] Before, uint[] After)
{
    /// <summary>Bytes of a cell.</summary>
    public const int Length = Sectors * SectorLength;

    /// <summary>Sectors of a cell.</summary>
    public const int Sectors = 8;

    /// <summary>Bytes that a medium writes as a whole.</summary>
    public const int SectorLength = 512;

    public long Offset => Number * Length;

    /// <summary>Half of the XXH3 of a sector: the chance that a foreign sector is taken for one of the two is 1 in 2^31.</summary>
    public static uint FingerprintOf(ReadOnlySpan<byte> sector)
    {
        Span<byte> hash = stackalloc byte[sizeof(ulong)];
        BlockHash.Xxh3.Hash(sector, hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }
}
