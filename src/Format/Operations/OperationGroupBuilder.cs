using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>
/// Packs operations into groups, cut as Format.md 7 says. The groups do not depend on how a run is cut into calls. Not safe from several
/// threads.
/// </summary>
/// <param name="target">B.</param>
/// <param name="hashLength">Bytes of a block hash.</param>
/// <param name="writeGroup">
/// Takes the payload of each group, which is valid during the call only, and whether it has copies of whole blocks.
/// </param>
internal sealed class OperationGroupBuilder(BlockGeometry target, int hashLength, Action<ReadOnlyMemory<byte>, bool> writeGroup)
{
    private readonly List<Operation> _operations = [];
    private readonly byte[] _oldHashes = new byte[FormatLimits.MaxGroupHashBytes];
    private readonly byte[] _newHashes = new byte[FormatLimits.MaxGroupHashBytes];
    private readonly byte[] _payload = new byte[FormatLimits.MaxSectionLength];
    private int _oldUsed;
    private int _newUsed;
    private long _contentLength;

    /// <summary>Operations in all groups so far.</summary>
    public long OperationCount { get; private set; }

    /// <summary>Copy operations so far, including those of the group that is being filled.</summary>
    public long Copies { get; private set; }

    /// <summary>Adds blocks after all blocks added before.</summary>
    /// <param name="run">Blocks of B.</param>
    /// <param name="newKind">What they become.</param>
    /// <param name="oldKind">What they were.</param>
    /// <param name="oldHashes">One a block if the old kind is hashed, else empty.</param>
    /// <param name="newHashes">One a block if the new kind is data or copy, else empty.</param>
    /// <param name="source">The block of A in which the copied bytes begin, if the new kind is copy.</param>
    /// <param name="shift">Where in that block. Bytes.</param>
    public void Add(
        BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes, long source = 0,
        int shift = 0)
    {
        if (run.Count == 0)
        {
            return;
        }

        int oldLength = oldKind == OldKind.Hashed ? hashLength : 0;
        int newLength = newKind.HasHashes() ? hashLength : 0;
        if (oldLength + newLength == 0)
        {
            AddPiece(new Operation(run, newKind, oldKind, 0, 0, 0, source, Shift: shift), 0, 0);
            return;
        }

        int hashBytes = oldLength + newLength;
        while (run.Count > 0)
        {
            // The bounds of a group may fall between any two blocks. The first block may close the group, and as many full ones as fit
            // follow it. A short last block may fit when a full one does not: it is the first of its own turn.
            Operation piece = new(new BlockRun(run.First, 1), newKind, oldKind, 0, 0, 0, source, Shift: shift);
            AddPiece(piece, hashBytes, newKind == NewKind.Data ? target.LengthOf(run.First) : 0);
            long count = Math.Min(run.Count, (FormatLimits.MaxGroupHashBytes - _oldUsed - _newUsed) / hashBytes);
            if (newKind == NewKind.Data)
            {
                count = Math.Min(count, 1 + Math.Max(0, (FormatLimits.MaxGroupContentBytes - _contentLength) / target.BlockSize));
            }

            if (count > 1)
            {
                BlockRun more = new(run.First + 1, count - 1);
                ExtendLast(more.End);
                _contentLength += newKind == NewKind.Data ? target.LengthOf(more) : 0;
            }

            Keep(ref oldHashes, (int)count * oldLength, _oldHashes, ref _oldUsed);
            Keep(ref newHashes, (int)count * newLength, _newHashes, ref _newUsed);
            run = BlockRun.Between(run.First + count, run.End);
            source += newKind == NewKind.Copy ? count : 0;
        }
    }

    /// <summary>Writes the last group.</summary>
    public void Finish() => CloseGroup();

    private void AddPiece(in Operation piece, int hashBytes, int contentBytes)
    {
        bool continues = _operations.Count > 0 && piece.Continues(_operations[^1]);
        if (_operations.Count > 0
            && (_contentLength + contentBytes > FormatLimits.MaxGroupContentBytes
                || _oldUsed + _newUsed + hashBytes > FormatLimits.MaxGroupHashBytes
                || (_operations.Count == FormatLimits.MaxGroupOperations && !continues)))
        {
            CloseGroup();
            continues = false;
        }

        if (continues)
        {
            ExtendLast(piece.Blocks.End);
        }
        else
        {
            _operations.Add(piece);
            Copies += piece.New == NewKind.Copy ? 1 : 0;
        }

        _contentLength += contentBytes;
    }

    private static void Keep(ref ReadOnlySpan<byte> hashes, int length, byte[] kept, ref int used)
    {
        hashes[..length].CopyTo(kept.AsSpan(used));
        hashes = hashes[length..];
        used += length;
    }

    private void ExtendLast(long end) =>
        _operations[^1] = _operations[^1] with { Blocks = BlockRun.Between(_operations[^1].Blocks.First, end) };

    private void CloseGroup()
    {
        if (_operations.Count == 0)
        {
            return;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_payload, _operations.Count);
        int length = OperationGroup.FieldsLength;
        long end = 0;
        foreach (Operation operation in _operations)
        {
            length += Varint.Write(_payload.AsSpan(length), operation.Blocks.First - end);
            length += Varint.Write(_payload.AsSpan(length), operation.Blocks.Count);
            bool isShifted = operation.Shift > 0;
            _payload[length++] = (byte)(((int)operation.Old << 4) | (isShifted ? OperationKinds.ShiftedCopy : (int)operation.New));
            if (operation.New == NewKind.Copy)
            {
                length += Varint.Write(_payload.AsSpan(length), isShifted ? operation.SourceOffset(target) : operation.Source);
            }

            end = operation.Blocks.End;
        }

        int oldAt = 0;
        int newAt = 0;
        foreach (Operation operation in _operations)
        {
            int oldLength = operation.Old == OldKind.Hashed ? (int)operation.Blocks.Count * hashLength : 0;
            int newLength = operation.HasNewHashes ? (int)operation.Blocks.Count * hashLength : 0;
            _oldHashes.AsSpan(oldAt, oldLength).CopyTo(_payload.AsSpan(length));
            _newHashes.AsSpan(newAt, newLength).CopyTo(_payload.AsSpan(length + oldLength));
            oldAt += oldLength;
            newAt += newLength;
            length += oldLength + newLength;
        }

        OperationCount += _operations.Count;
        writeGroup(_payload.AsMemory(0, length), _operations.Exists(operation => operation.IsWholeBlockCopy));
        _operations.Clear();
        _oldUsed = 0;
        _newUsed = 0;
        _contentLength = 0;
    }
}
