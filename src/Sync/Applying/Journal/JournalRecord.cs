using System.Buffers.Binary;
using System.Text;
using BinarySync.Format;
using BinarySync.Sync.Applying.Evidence;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>What can be read from the file of a journal.</summary>
internal enum JournalContent
{
    /// <summary>A record.</summary>
    Valid,

    /// <summary>Neither half holds a record.</summary>
    Damaged,

    /// <summary>A newer program wrote it.</summary>
    Newer,
}

/// <summary>
/// What a run knows about a target that it is changing, and what the next run must know after a power cut. The file of a journal has two
/// halves. Each record overwrites the older one, so that a torn write leaves the other. The checksum shows that a record is whole.
/// </summary>
/// <remarks>
/// Little-endian: magic (8 bytes), version (u16), length of the record (u16), sequence (u64), session (16 bytes), other direction (16
/// bytes, zeros: none), flags (u8: 1 finished, 2 the other direction is given, 4 the tail was zeros, 8 there is a redo, 16 distrusted),
/// number of windows (u8), doubt from (i64), base size, target size (i64 each), redo (16 bytes, zeros: none), windows (offset and end, i64
/// each), then target and data file, each a length (u16) and UTF-8, then the evidence to the end (none: no bytes), and XXH128 of all before
/// it. A half is as many times 4096 bytes as its record may need, at most 8. Records of version 2 have no evidence. It is the state of one
/// program on one machine, not a message: Format.md does not describe it.
/// </remarks>
internal sealed record JournalRecord
{
    /// <summary>Bytes of the file of a record with little or no evidence.</summary>
    public const int FileLength = 2 * Page;

    /// <summary>Ranges kept; beyond that, neighbours are joined.</summary>
    public const int MaxWindows = 8;

    /// <summary>Nothing is in doubt.</summary>
    public const long NoDoubt = long.MaxValue;

    private const int Page = 4096;
    private const int MostPages = 8;
    private const int HashLength = 16;
    private const int DigestLength = 16;
    private const int RedoOffset = 8 + 2 + 2 + 8 + (2 * DigestLength) + 1 + 1 + (3 * 8);
    private const int FixedLength = RedoOffset + DigestLength;
    private const int MaxText = 1024;
    private const ushort Version = 3;
    private const ushort VersionWithoutEvidence = 2;
    private const byte FinishedFlag = 1;
    private const byte OtherFlag = 2;
    private const byte TailFlag = 4;
    private const byte RedoFlag = 8;
    private const byte DistrustFlag = 16;

    // The most bytes of a record without its evidence: a half must not become longer from one record to the next.
    private const int MostWithoutEvidence = FixedLength + (MaxWindows * 16) + (2 * (2 + MaxText)) + HashLength;

    private static ReadOnlySpan<byte> Magic => "BSJRNL\r\n"u8;

    /// <summary>Ascends with each record.</summary>
    public long Sequence { get; init; }

    /// <summary>The digest of the data file that is being applied. 16 bytes.</summary>
    public required ReadOnlyMemory<byte> Session { get; init; }

    /// <summary>The digest of the data file that leads back: the undo file, or what the undo file undoes. Null if there is none.</summary>
    public ReadOnlyMemory<byte>? Other { get; init; }

    /// <summary>Everything is done and durable; only the file of the journal is left over.</summary>
    public bool IsFinished { get; init; }

    /// <summary>
    /// The target is a device, and the session began by making its content larger. The bytes between the two sizes were zeros, and become
    /// zeros again if the direction is turned round.
    /// </summary>
    public bool TailWasZero { get; init; }

    /// <summary>
    /// Stretches of the target not known to be durable: they may be neither old nor new. Ascending, at most <see cref="MaxWindows"/>.
    /// </summary>
    public IReadOnlyList<ByteRange> Windows { get; init; } = [];

    /// <summary>
    /// From this byte on, blocks that the cache shows as new are not believed: nothing has been flushed since they were read, or a flush
    /// failed.
    /// </summary>
    public long DoubtFrom { get; init; } = NoDoubt;

    /// <summary>
    /// The digest of the redo file: content that must get into the target, no matter what is there now. 16 bytes; null if there is none.
    /// </summary>
    public ReadOnlyMemory<byte>? Redo { get; init; }

    /// <summary>Blocks did not read back as they were written: the bytes in the windows may look like anything.</summary>
    public bool IsDistrusted { get; init; }

    /// <summary>What the target was like. Null in a record of an older program. The same in all records of a file.</summary>
    public TargetEvidence? Evidence { get; init; }

    /// <summary>Bytes of A.</summary>
    public required long BaseSize { get; init; }

    /// <summary>Bytes of B.</summary>
    public required long TargetSize { get; init; }

    /// <summary>What the target is, for people and for comparison.</summary>
    public required string Target { get; init; }

    /// <summary>The name of the data file, for people.</summary>
    public required string Patch { get; init; }

    /// <summary>Joins ranges that touch. If there are still too many, the nearest ones are joined too.</summary>
    public static IReadOnlyList<ByteRange> Join(IEnumerable<ByteRange> ranges, int most = MaxWindows)
    {
        List<ByteRange> all = [.. ranges.Where(range => range.Offset < range.End)];
        all.Sort((one, other) => one.Offset.CompareTo(other.Offset));
        List<ByteRange> joined = [];
        foreach (ByteRange range in all)
        {
            if (joined.Count > 0 && range.Offset <= joined[^1].End)
            {
                joined[^1] = joined[^1] with { End = Math.Max(joined[^1].End, range.End) };
            }
            else
            {
                joined.Add(range);
            }
        }

        if (joined.Count <= most)
        {
            return joined;
        }

        // The largest gaps stay; of equal ones, the later. Closing the smallest gap again and again would take time quadratic in their
        // number.
        HashSet<int> kept = [.. Enumerable.Range(1, joined.Count - 1).OrderByDescending(
            i => joined[i].Offset - joined[i - 1].End).ThenByDescending(i => i).Take(most - 1)];
        List<ByteRange> few = [joined[0]];
        for (int i = 1; i < joined.Count; i++)
        {
            if (kept.Contains(i))
            {
                few.Add(joined[i]);
            }
            else
            {
                few[^1] = few[^1] with { End = joined[i].End };
            }
        }

        return few;
    }

    /// <summary>The whole file, with this as its only record.</summary>
    public byte[] ToFile()
    {
        byte[] file = new byte[2 * HalfLength];
        Encode().CopyTo(file, (int)OffsetInFile);
        return file;
    }

    /// <summary>Where in the file this record belongs.</summary>
    public long OffsetInFile => Sequence % 2 * HalfLength;

    private int HalfLength => (MostWithoutEvidence + (Evidence?.Encode().Length ?? 0) + Page - 1) / Page * Page;

    /// <summary>The record.</summary>
    public byte[] Encode()
    {
        byte[] target = Shorten(Target);
        byte[] patch = Shorten(Patch);
        ReadOnlySpan<byte> evidence = Evidence is null ? default : Evidence.Encode();
        byte[] record = new byte[FixedLength + (Windows.Count * 16) + 2 + target.Length + 2 + patch.Length + evidence.Length + HashLength];
        Span<byte> at = record;
        Magic.CopyTo(at);
        BinaryPrimitives.WriteUInt16LittleEndian(at[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(at[10..], (ushort)record.Length);
        BinaryPrimitives.WriteInt64LittleEndian(at[12..], Sequence);
        Session.Span.CopyTo(at[20..]);
        (Other ?? default).Span.CopyTo(at[36..]);
        at[52] = (byte)(
            (
                IsFinished
                    ? FinishedFlag
                    : 0) | (Other is null ? 0 : OtherFlag) | (TailWasZero ? TailFlag : 0) | (Redo is null ? 0 : RedoFlag) | (
                IsDistrusted ? DistrustFlag : 0));
        at[53] = (byte)Windows.Count;
        BinaryPrimitives.WriteInt64LittleEndian(at[54..], DoubtFrom);
        BinaryPrimitives.WriteInt64LittleEndian(at[62..], BaseSize);
        BinaryPrimitives.WriteInt64LittleEndian(at[70..], TargetSize);
        (Redo ?? default).Span.CopyTo(at[RedoOffset..]);
        at = at[FixedLength..];
        foreach (ByteRange window in Windows)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, window.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], window.End);
            at = at[16..];
        }

        foreach (byte[] text in new[] { target, patch })
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)text.Length);
            text.CopyTo(at[2..]);
            at = at[(2 + text.Length)..];
        }

        evidence.CopyTo(at);
        BlockHash.Xxh128.Hash(record.AsSpan(0, record.Length - HashLength), at[evidence.Length..]);
        return record;
    }

    /// <summary>The latest record of a file.</summary>
    public static JournalContent TryDecode(ReadOnlySpan<byte> file, out JournalRecord? record)
    {
        record = null;
        bool newer = false;

        // Only the record in the second half tells where that half begins. If the first record is torn, no other one tells.
        for (int page = 0; page <= MostPages; page++)
        {
            int from = Math.Min(page * Page, file.Length);
            ReadOnlySpan<byte> bytes = file[from..Math.Min(from + (MostPages * Page), file.Length)];
            if (!IsWhole(bytes, out int length))
            {
                continue;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) > Version)
            {
                newer = true;
            }
            else if (TryDecodeHalf(bytes[..(length - HashLength)]) is { } found && found.OffsetInFile == page * Page
                && (record is null || found.Sequence > record.Sequence))
            {
                record = found;
            }
        }

        // An older record must not be used if there is also a record of a newer program.
        return newer ? JournalContent.Newer : record is null ? JournalContent.Damaged : JournalContent.Valid;
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < FixedLength || !bytes.StartsWith(Magic))
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        Span<byte> hash = stackalloc byte[HashLength];
        if (length < FixedLength + HashLength || length > bytes.Length)
        {
            return false;
        }

        BlockHash.Xxh128.Hash(bytes[..(length - HashLength)], hash);
        return bytes[(length - HashLength)..length].SequenceEqual(hash);
    }

    private static JournalRecord? TryDecodeHalf(ReadOnlySpan<byte> bytes)
    {
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]);
        long doubtFrom = BinaryPrimitives.ReadInt64LittleEndian(bytes[54..]);
        long baseSize = BinaryPrimitives.ReadInt64LittleEndian(bytes[62..]);
        long targetSize = BinaryPrimitives.ReadInt64LittleEndian(bytes[70..]);
        byte flags = bytes[52];
        int count = bytes[53];
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (version is < VersionWithoutEvidence or > Version || sequence < 0 || doubtFrom < 0
            || flags > (FinishedFlag | OtherFlag | TailFlag | RedoFlag | DistrustFlag) || count > MaxWindows

            || baseSize is < 0 or > FormatLimits.MaxSize
            || targetSize is < 0 or > FormatLimits.MaxSize
            || bytes.Length < FixedLength + (count * 16))
        {
            return null;
        }

        ByteRange[] windows = new ByteRange[count];
        long end = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> window = bytes[(FixedLength + (i * 16))..];
            windows[i] = new ByteRange(BinaryPrimitives.ReadInt64LittleEndian(window), BinaryPrimitives.ReadInt64LittleEndian(window[8..]));
            if (windows[i].Offset < end || windows[i].End <= windows[i].Offset || windows[i].End > FormatLimits.MaxSize)
            {
                return null;
            }

            end = windows[i].End;
        }

        ReadOnlySpan<byte> texts = bytes[(FixedLength + (count * 16))..];
        return TryReadText(ref texts, out string target)
            && TryReadText(ref texts, out string patch)
            && TryReadEvidence(version, texts, out TargetEvidence? evidence)
            ? new JournalRecord
            {
                Sequence = sequence,
                Session = bytes[20..36].ToArray(),

                // Without the cast, this would be an empty digest instead of null.
                Other = (flags & OtherFlag) != 0 ? (ReadOnlyMemory<byte>?)bytes[36..52].ToArray() : null,
                IsFinished = (flags & FinishedFlag) != 0,
                TailWasZero = (flags & TailFlag) != 0,
                Windows = windows,
                DoubtFrom = doubtFrom,
                Redo = (flags & RedoFlag) != 0 ? (ReadOnlyMemory<byte>?)bytes.Slice(RedoOffset, DigestLength).ToArray() : null,
                IsDistrusted = (flags & DistrustFlag) != 0,
                Evidence = evidence,
                BaseSize = baseSize,
                TargetSize = targetSize,
                Target = target,
                Patch = patch,
            }
            : null;
    }

    private static bool TryReadEvidence(ushort version, ReadOnlySpan<byte> bytes, out TargetEvidence? evidence)
    {
        evidence = bytes.IsEmpty || version == VersionWithoutEvidence ? null : TargetEvidence.TryDecode(bytes);
        return bytes.IsEmpty || evidence is not null;
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> bytes, out string text)
    {
        text = string.Empty;
        if (bytes.Length < 2 || BinaryPrimitives.ReadUInt16LittleEndian(bytes) is var length && length > bytes.Length - 2)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes.Slice(2, length));
        bytes = bytes[(2 + length)..];
        return true;
    }

    private static byte[] Shorten(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MaxText ? bytes : bytes[..MaxText];
    }
}
