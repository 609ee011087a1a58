using System.Buffers.Binary;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Evidence;

/// <summary>
/// What a journal keeps about its target, so that a later run does not mistake another target of the same name for it (docs/Design.md,
/// "Which target it was").
/// </summary>
/// <remarks>
/// Little-endian: flags (u8: 1 there is a birth, 2 with a time, 4 the witnesses are complete), number of pieces (u8), number of cells
/// (u16), inode (u64), born (i64), the end of the last sector (i64); the pieces (offset i64, length u16, XXH128); the cells (number i64,
/// known u8, then two u32 for each known sector).
/// </remarks>
internal sealed record TargetEvidence
{
    private const int FixedLength = 1 + 1 + 2 + (3 * 8);
    private const int PieceLength = 8 + 2 + 16;
    private const byte BirthFlag = 1;
    private const byte BornFlag = 2;
    private const byte CompleteFlag = 4;

    private byte[]? _encoded;

    /// <summary>Which file it is; null if nothing tells.</summary>
    public FileBirth? Birth { get; init; }

    /// <summary>Pieces that stay as they are. Ascending.</summary>
    public IReadOnlyList<SeenPiece> Pieces { get; init; } = [];

    /// <summary>Sectors that change. Ascending.</summary>
    public IReadOnlyList<WitnessCell> Cells { get; init; } = [];

    /// <summary>True if there is a witness of every sector that is overwritten.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Where the last sector ends, if it is short.</summary>
    public long End { get; init; } = long.MaxValue;

    /// <summary>The encoded bytes.</summary>
    public ReadOnlySpan<byte> Encode() => _encoded ??= ToBytes();

    /// <summary>Decodes the bytes; null if they are not valid evidence.</summary>
    public static TargetEvidence? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedLength || bytes[0] > (BirthFlag | BornFlag | CompleteFlag))
        {
            return null;
        }

        byte flags = bytes[0];
        SeenPiece[] pieces = new SeenPiece[bytes[1]];
        WitnessCell[] cells = new WitnessCell[BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..])];
        long born = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]);
        FileBirth birth = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]), (flags & BornFlag) != 0 ? born : null);
        long end = BinaryPrimitives.ReadInt64LittleEndian(bytes[20..]);
        bytes = bytes[FixedLength..];
        return end >= 0 && TryReadPieces(ref bytes, pieces) && TryReadCells(ref bytes, cells) && bytes.IsEmpty
            ? new TargetEvidence
            {
                Birth = (flags & BirthFlag) != 0 ? birth : null,
                Pieces = pieces,
                Cells = cells,
                IsComplete = (flags & CompleteFlag) != 0,
                End = end,
            }
            : null;
    }

    private static bool TryReadPieces(ref ReadOnlySpan<byte> bytes, SeenPiece[] pieces)
    {
        if (bytes.Length < pieces.Length * PieceLength)
        {
            return false;
        }

        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = new SeenPiece(
                BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt128LittleEndian(bytes[10..]));
            if (pieces[i].Offset < 0 || pieces[i].Length is 0 or > SeenPiece.MostBytes)
            {
                return false;
            }

            bytes = bytes[PieceLength..];
        }

        return true;
    }

    private static bool TryReadCells(ref ReadOnlySpan<byte> bytes, WitnessCell[] cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (bytes.Length < 9)
            {
                return false;
            }

            long number = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            WitnessCell cell = new(number, bytes[8], new uint[WitnessCell.Sectors], new uint[WitnessCell.Sectors]);
            bytes = bytes[9..];
            if (number is < 0 or > long.MaxValue / WitnessCell.Length - 1)
            {
                return false;
            }

            for (int sector = 0; sector < WitnessCell.Sectors; sector++)
            {
                if ((cell.Known >> sector & 1) == 0)
                {
                    continue;
                }

                if (bytes.Length < 8)
                {
                    return false;
                }

                cell.Before[sector] = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                cell.After[sector] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
                bytes = bytes[8..];
            }

            cells[i] = cell;
        }

        return true;
    }

    private byte[] ToBytes()
    {
        byte[] all = new byte[FixedLength + (Pieces.Count * PieceLength) + Cells.Sum(cell => 9 + (8 * int.PopCount(cell.Known)))];
        Span<byte> at = all;
        at[0] = (byte)((Birth is null ? 0 : BirthFlag) | (Birth?.BornNanoseconds is null ? 0 : BornFlag) | (IsComplete ? CompleteFlag : 0));
        at[1] = (byte)Pieces.Count;
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], (ushort)Cells.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(at[4..], Birth?.Inode ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(at[12..], Birth?.BornNanoseconds ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(at[20..], End);
        at = at[FixedLength..];
        foreach (SeenPiece piece in Pieces)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, piece.Offset);
            BinaryPrimitives.WriteUInt16LittleEndian(at[8..], (ushort)piece.Length);
            BinaryPrimitives.WriteUInt128LittleEndian(at[10..], piece.Hash);
            at = at[PieceLength..];
        }

        foreach (WitnessCell cell in Cells)
        {
            BinaryPrimitives.WriteInt64LittleEndian(at, cell.Number);
            at[8] = cell.Known;
            at = at[9..];
            for (int sector = 0; sector < WitnessCell.Sectors; sector++)
            {
                if ((cell.Known >> sector & 1) != 0)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(at, cell.Before[sector]);
                    BinaryPrimitives.WriteUInt32LittleEndian(at[4..], cell.After[sector]);
                    at = at[8..];
                }
            }
        }

        return all;
    }
}
