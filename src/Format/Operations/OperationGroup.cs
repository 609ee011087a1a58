using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>
/// The operations of one section, with their hashes (Format.md 7). The object may be used again for the next group.
/// </summary>
public sealed class OperationGroup
{
    internal const int FieldsLength = sizeof(int);

    private readonly List<Operation> _operations = [];
    private byte[] _payload = [];
    private int _payloadLength;
    private int _hashLength;

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>The payload of the section, as stored.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.AsMemory(0, _payloadLength);

    /// <summary>Bytes of the data blocks: what the frames that follow hold together.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Bytes of all old and new hashes.</summary>
    public long HashBytes { get; private set; }

    public long DataBlocks { get; private set; }

    public long ZeroBlocks { get; private set; }

    /// <summary>The old hash of the operation's <paramref name="index"/>-th block (from 0).</summary>
    public ReadOnlySpan<byte> OldHash(in Operation operation, long index) => Hash(operation.OldHashesAt, index);

    /// <summary>The new hash of the operation's <paramref name="index"/>-th block (from 0).</summary>
    public ReadOnlySpan<byte> NewHash(in Operation operation, long index) => Hash(operation.NewHashesAt, index);

    /// <summary>Reads and checks the section that the message is at, and keeps a copy of it.</summary>
    internal void Parse(MessageReader message, SyncGeometry geometry)
    {
        ReadOnlySpan<byte> bytes = message.Payload.Span;
        if (_payload.Length < bytes.Length)
        {
            _payload = new byte[bytes.Length];
        }

        bytes.CopyTo(_payload);
        _payloadLength = bytes.Length;
        _hashLength = message.Header.Hash.Length;
        _operations.Clear();
        ContentLength = 0;
        DataBlocks = 0;
        ZeroBlocks = 0;
        int count = bytes.Length < FieldsLength ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (count is < 1 or > FormatLimits.MaxGroupOperations)
        {
            throw message.Invalid(0, "count", $"a group cannot have {count} operations");
        }

        int position = FieldsLength;
        long end = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOperation(message, geometry, bytes, ref position, ref end, i == 0);
        }

        PlaceHashes(message, bytes.Length, position);
    }

    private ReadOnlySpan<byte> Hash(int at, long index) => _payload.AsSpan(at + ((int)index * _hashLength), _hashLength);

    private void ReadOperation(
        MessageReader message, SyncGeometry geometry, ReadOnlySpan<byte> bytes, ref int position, ref long end, bool isFirst)
    {
        int at = position;
        if (!Varint.TryRead(bytes, ref position, out long gap) || !Varint.TryRead(bytes, ref position, out long blocks) || position == bytes.Length)
        {
            throw message.Invalid(at, "operation", "an operation is cut short or has an improper number");
        }

        byte kinds = bytes[position++];
        NewKind newKind = (NewKind)(kinds & 0x0F);
        OldKind oldKind = (OldKind)(kinds >> 4);
        if (newKind is < NewKind.Data or > NewKind.Copy || oldKind is < OldKind.Absent or > OldKind.Elsewhere)
        {
            throw message.Invalid(position - 1, "kinds", $"{kinds:X2} is not a pair of kinds");
        }

        if (newKind == NewKind.Copy || oldKind == OldKind.Elsewhere)
        {
            string feature = newKind == NewKind.Copy ? "copy operations" : "old hashes that stand elsewhere";
            throw new MessageFormatException(
                FormatError.Unsupported, message.Source, message.PayloadOffset + position - 1, "kinds", $"needs a program that handles {feature}");
        }

        // Subtractions only: no sum of numbers from the file can overflow here.
        if (gap > geometry.Target.BlockCount - end || blocks < 1 || blocks > geometry.Target.BlockCount - end - gap)
        {
            throw message.Invalid(
                at, "operation", $"an operation {gap} blocks after block {end} with {blocks} blocks is outside the {geometry.Target.BlockCount}-block target");
        }

        BlockRun run = new(end + gap, blocks);
        if (!geometry.Coverage.Contains(run))
        {
            throw message.Invalid(at, "operation", $"blocks {run} are not all in the ranges of the message");
        }

        if (oldKind == OldKind.Absent ? run.First < geometry.Base.BlockCount : run.End > geometry.Base.BlockCount)
        {
            throw message.Invalid(position - 1, "kinds", $"blocks {run} and the base's {geometry.Base.BlockCount} blocks do not fit the old kind {oldKind}");
        }

        if (newKind == NewKind.Zero && oldKind == OldKind.Zero
            && (run.Count != 1 || geometry.Base.LengthOf(run.First) == geometry.Target.LengthOf(run.First)))
        {
            throw message.Invalid(position - 1, "kinds", $"blocks {run} are zeros and become zeros");
        }

        if (!isFirst && gap == 0 && _operations[^1].New == newKind && _operations[^1].Old == oldKind)
        {
            throw message.Invalid(at, "operation", $"blocks {run} continue the operation before them");
        }

        long length = geometry.Target.LengthOf(run);
        _operations.Add(new Operation(run, newKind, oldKind, 0, 0, ContentLength));
        if (newKind == NewKind.Data)
        {
            ContentLength += length;
            DataBlocks += blocks;
        }
        else
        {
            ZeroBlocks += blocks;
        }

        end = run.End;
    }

    private void PlaceHashes(MessageReader message, int payloadLength, int position)
    {
        HashBytes = payloadLength - position;
        for (int i = 0; i < _operations.Count; i++)
        {
            Operation operation = _operations[i];
            int hashesPerBlock = (operation.Old == OldKind.Hashed ? 1 : 0) + (operation.New == NewKind.Data ? 1 : 0);
            if (hashesPerBlock > 0 && operation.Blocks.Count > (payloadLength - position) / (hashesPerBlock * _hashLength))
            {
                throw message.Invalid(position, "hashes", $"blocks {operation.Blocks} have fewer hashes than blocks");
            }

            int oldLength = operation.Old == OldKind.Hashed ? (int)operation.Blocks.Count * _hashLength : 0;
            int newLength = operation.New == NewKind.Data ? (int)operation.Blocks.Count * _hashLength : 0;
            _operations[i] = operation with { OldHashesAt = position, NewHashesAt = position + oldLength };
            position += oldLength + newLength;
        }

        if (position != payloadLength)
        {
            throw message.Invalid(position, "hashes", "the group has more hashes than its operations have blocks");
        }
    }
}
