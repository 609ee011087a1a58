using System.Buffers.Binary;
using System.Text;
using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>
/// The state of a target to which some parts of a set have been applied, as far as it is known. It is only information: the blocks of the
/// target are the truth, and a part that is applied again is recognised. The note decides only whether a file may be cut.
/// </summary>
/// <remarks>
/// Little-endian: magic (8 bytes), version (u16), parts (u32), the set's identity and that of the set that leads the other way (16 bytes
/// each), the target's stamp (length, modified, changed: i64 each), the part that is being applied (u32, 0: none), whether it is in doubt
/// (u8), the parts in place and those not (a bit each, whole bytes), the target (length u16, UTF-8), XXH128 of all before it. It is the
/// state of one program on one machine, not a message.
/// </remarks>
internal sealed record SetNote
{
    private const int HashLength = 16;
    private const int FixedLength = 8 + 2 + 4 + (2 * FormatLimits.DigestLength) + (3 * 8) + 4 + 1;
    private const ushort Version = 2;
    private const int MaxText = 1024;

    private static ReadOnlySpan<byte> Magic => "BSSETN\r\n"u8;

    /// <summary>The set. 16 bytes.</summary>
    public required ReadOnlyMemory<byte> Id { get; init; }

    /// <summary>The set that the parts' undo files make. 16 bytes.</summary>
    public required ReadOnlyMemory<byte> Reverse { get; init; }

    /// <summary>What the target is, as in the journal.</summary>
    public required string Target { get; init; }

    /// <summary>
    /// The target's stamp when this was written. If it differs, a program that knows nothing of this note has changed the target.
    /// </summary>
    public SourceStamp Stamp { get; init; }

    /// <summary>
    /// The number of the part that was being applied when this was written; 0 for none. That part changes the target, and its times, even
    /// before its journal exists, because room is reserved.
    /// </summary>
    public int Running { get; init; }

    /// <summary>
    /// A run with a part was interrupted, and has changed the target's times. So nothing shows any more whether somebody else has changed
    /// the target too. The statements about the other parts must be proved before anything is cut by it.
    /// </summary>
    public bool IsInDoubt { get; init; }

    /// <summary>Parts that are known to be applied. One element for each part; part number 1 is first.</summary>
    public required bool[] InPlace { get; init; }

    /// <summary>Parts whose blocks are known to be as the base has them. If a part is in neither list, nothing is known about it.</summary>
    public required bool[] NotInPlace { get; init; }

    /// <summary>Parts in all.</summary>
    public int Parts => InPlace.Length;

    /// <summary>True if all parts are applied.</summary>
    public bool IsComplete => Array.TrueForAll(InPlace, part => part);

    /// <summary>The numbers of the parts that are known to be applied, or of all others; ascending.</summary>
    public List<int> Numbers(bool applied) => [.. Enumerable.Range(1, Parts).Where(part => InPlace[part - 1] == applied)];

    /// <summary>This note with one more part applied.</summary>
    public SetNote With(int part) =>
        this with { Running = 0, InPlace = Marked(InPlace, part, true), NotInPlace = Marked(NotInPlace, part, false) };

    /// <summary>This note with nothing known about a part, because it is being applied.</summary>
    public SetNote Without(int part) =>
        this with { Running = part, InPlace = Marked(InPlace, part, false), NotInPlace = Marked(NotInPlace, part, false) };

    /// <summary>The same note, as seen by the set that leads the other way.</summary>
    public SetNote TurnedRound() => this with { Id = Reverse, Reverse = Id, InPlace = NotInPlace, NotInPlace = InPlace };

    /// <summary>The encoded file.</summary>
    public byte[] Encode()
    {
        byte[] text = Encoding.UTF8.GetBytes(Target);
        text = text[..Math.Min(text.Length, MaxText)];
        int bits = (Parts + 7) / 8;
        byte[] file = new byte[FixedLength + (2 * bits) + 2 + text.Length + HashLength];
        Span<byte> at = file;
        Magic.CopyTo(at);
        BinaryPrimitives.WriteUInt16LittleEndian(at[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(at[10..], Parts);
        Id.Span.CopyTo(at[14..]);
        Reverse.Span.CopyTo(at[30..]);
        BinaryPrimitives.WriteInt64LittleEndian(at[46..], Stamp.Length);
        BinaryPrimitives.WriteInt64LittleEndian(at[54..], Stamp.ModifiedNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(at[62..], Stamp.ChangedNanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(at[70..], Running);
        at[74] = (byte)(IsInDoubt ? 1 : 0);
        Pack(InPlace, at[FixedLength..]);
        Pack(NotInPlace, at[(FixedLength + bits)..]);
        at = at[(FixedLength + (2 * bits))..];
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)text.Length);
        text.CopyTo(at[2..]);
        BlockHash.Xxh128.Hash(file.AsSpan(0, file.Length - HashLength), file.AsSpan(file.Length - HashLength));
        return file;
    }

    /// <summary>Decodes a file; null if it holds no note that this program understands.</summary>
    public static SetNote? TryDecode(ReadOnlySpan<byte> file)
    {
        if (file.Length < FixedLength + 2 + HashLength
            || !file.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) != Version)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[HashLength];
        BlockHash.Xxh128.Hash(file[..^HashLength], hash);
        int parts = BinaryPrimitives.ReadInt32LittleEndian(file[10..]);
        int bits = (parts + 7) / 8;
        if (!file[^HashLength..].SequenceEqual(hash)
            || parts is < 1 or > FormatLimits.MaxParts
            || file.Length < FixedLength + (2 * bits) + 2 + HashLength)
        {
            return null;
        }

        ReadOnlySpan<byte> text = file[(FixedLength + (2 * bits))..^HashLength];
        return BinaryPrimitives.ReadUInt16LittleEndian(text) != text.Length - 2
            ? null
            : new SetNote
            {
                Id = file[14..30].ToArray(),
                Reverse = file[30..46].ToArray(),
                Stamp = new SourceStamp(
                    BinaryPrimitives.ReadInt64LittleEndian(file[46..]),
                    BinaryPrimitives.ReadInt64LittleEndian(file[54..]),
                    BinaryPrimitives.ReadInt64LittleEndian(file[62..])),
                Running = BinaryPrimitives.ReadInt32LittleEndian(file[70..]),
                IsInDoubt = file[74] != 0,
                InPlace = Unpack(file[FixedLength..], parts),
                NotInPlace = Unpack(file[(FixedLength + bits)..], parts),
                Target = Encoding.UTF8.GetString(text[2..]),
            };
    }

    private static bool[] Marked(bool[] parts, int part, bool value)
    {
        bool[] marked = [.. parts];
        marked[part - 1] = value;
        return marked;
    }

    private static void Pack(bool[] parts, Span<byte> bits)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            bits[i / 8] |= (byte)(parts[i] ? 1 << (i % 8) : 0);
        }
    }

    private static bool[] Unpack(ReadOnlySpan<byte> bits, int parts)
    {
        bool[] unpacked = new bool[parts];
        for (int i = 0; i < parts; i++)
        {
            unpacked[i] = (bits[i / 8] & (1 << (i % 8))) != 0;
        }

        return unpacked;
    }
}
