using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>
/// The operations of one section, with their hashes (Format.md 7). The object may be used again for the next group.
/// </summary>
public sealed class OperationGroup
{
    /// <summary>Bytes of the SHA-256 of a copy.</summary>
    public const int Sha256Length = 32;

    internal const int FieldsLength = sizeof(int);

    // Two numbers, and the kinds.
    private const int ShortestOperation = 3;

    private readonly List<Operation> _operations = [];
    private byte[] _payload = [];
    private int _payloadLength;
    private int _hashLength;

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>The payload of the section, as stored.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.AsMemory(0, _payloadLength);

    /// <summary>Bytes of the data blocks: the content of the following frames together.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Bytes of all old and new hashes.</summary>
    public long HashBytes { get; private set; }

    public long DataBlocks { get; private set; }

    public long ZeroBlocks { get; private set; }

    public long CopyBlocks { get; private set; }

    /// <summary>Copy operations.</summary>
    public int Copies { get; private set; }

    /// <summary>The old hash of the operation's <paramref name="index"/>-th block (from 0).</summary>
    public ReadOnlySpan<byte> OldHash(in Operation operation, long index) => Hash(operation.OldHashesAt, index);

    /// <summary>The new hash of the operation's <paramref name="index"/>-th block (from 0).</summary>
    public ReadOnlySpan<byte> NewHash(in Operation operation, long index) => Hash(operation.NewHashesAt, index);

    /// <summary>The old hashes of an operation, one a block; empty if its old kind is not hashed.</summary>
    public ReadOnlySpan<byte> OldHashes(scoped in Operation operation) =>
        operation.Old == OldKind.Hashed ? _payload.AsSpan(operation.OldHashesAt, (int)operation.Blocks.Count * _hashLength) : default;

    /// <summary>The new hashes of an operation, one a block; empty if it becomes zeros.</summary>
    public ReadOnlySpan<byte> NewHashes(scoped in Operation operation) =>
        operation.HasNewHashes ? _payload.AsSpan(operation.NewHashesAt, (int)operation.Blocks.Count * _hashLength) : default;

    /// <summary>The SHA-256 of the content that a copy brings (data files only).</summary>
    public ReadOnlySpan<byte> Sha256(in Operation copy) => _payload.AsSpan(copy.Sha256At, Sha256Length);

    /// <summary>The payload of this group of a data request in a data file: with the SHA-256 of each copy behind its hashes.</summary>
    internal byte[] PayloadWith(ReadOnlySpan<byte> sha256)
    {
        if (sha256.Length != Copies * Sha256Length)
        {
            throw new ArgumentException("one SHA-256 for each copy", nameof(sha256));
        }

        byte[] payload = new byte[_payloadLength + sha256.Length];
        int from = 0;
        int to = 0;
        foreach (Operation copy in _operations.Where(operation => operation.New == NewKind.Copy))
        {
            _payload.AsSpan(from..copy.Sha256At).CopyTo(payload.AsSpan(to));
            to += copy.Sha256At - from;
            from = copy.Sha256At;
            sha256[..Sha256Length].CopyTo(payload.AsSpan(to));
            sha256 = sha256[Sha256Length..];
            to += Sha256Length;
        }

        _payload.AsSpan(from.._payloadLength).CopyTo(payload.AsSpan(to));
        return payload;
    }

    /// <summary>
    /// Begins to build a group that is in no message, for instance part of one that is. <see cref="Payload"/> has its hashes only.
    /// </summary>
    public void Begin(int hashLength)
    {
        Clear(hashLength);
        _payloadLength = 0;
    }

    /// <summary>Adds an operation behind those of the group. It is not checked: it has been read from a message.</summary>
    /// <param name="blocks">Blocks of B.</param>
    /// <param name="newKind">Data or zero.</param>
    /// <param name="oldKind">What they were.</param>
    /// <param name="oldHashes">One a block if the old kind is hashed, else empty.</param>
    /// <param name="newHashes">One a block if the new kind is data, else empty.</param>
    /// <param name="contentAt">The offset of the content in the content that <see cref="End"/> names.</param>
    public void Append(
        BlockRun blocks, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes, long contentAt)
    {
        int oldAt = Keep(oldHashes);
        _operations.Add(new Operation(blocks, newKind, oldKind, oldAt, Keep(newHashes), contentAt));
        HashBytes = _payloadLength;
        DataBlocks += newKind == NewKind.Data ? blocks.Count : 0;
        ZeroBlocks += newKind == NewKind.Zero ? blocks.Count : 0;
    }

    /// <summary>
    /// Adds some blocks of a copy, with their hashes and the SHA-256 of the whole copy, from another group (of a data file).
    /// </summary>
    /// <param name="from">The group of the copy.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="blocks">Some of its blocks.</param>
    public void AppendCopy(OperationGroup from, in Operation copy, BlockRun blocks)
    {
        int skip = (int)(blocks.First - copy.Blocks.First);
        int length = (int)blocks.Count * _hashLength;
        int oldAt = copy.Old == OldKind.Hashed ? Keep(from.OldHashes(copy).Slice(skip * _hashLength, length)) : _payloadLength;
        int newAt = Keep(from.NewHashes(copy).Slice(skip * _hashLength, length));
        _operations.Add(
            new Operation(
                blocks, NewKind.Copy, copy.Old, oldAt, newAt, 0, copy.Source + skip, Keep(from.Sha256(copy)), copy.Shift));
        CopyBlocks += blocks.Count;
        Copies++;
    }

    private int Keep(ReadOnlySpan<byte> bytes)
    {
        int at = _payloadLength;
        int length = at + bytes.Length;
        if (_payload.Length < length)
        {
            Array.Resize(ref _payload, Math.Max(length, 2 * _payload.Length));
        }

        bytes.CopyTo(_payload.AsSpan(at));
        _payloadLength = length;
        return at;
    }

    /// <summary>Ends a group that was built.</summary>
    /// <param name="contentFrom">The offset of the first of its frames in the content that the operations name.</param>
    /// <param name="contentLength">Bytes of its frames, including those between its blocks.</param>
    public void End(long contentFrom, long contentLength)
    {
        for (int i = 0; i < _operations.Count; i++)
        {
            _operations[i] = _operations[i] with { ContentAt = _operations[i].ContentAt - contentFrom };
        }

        ContentLength = contentLength;
    }

    /// <summary>Reads and checks the section that the message is at, and keeps a copy of it.</summary>
    internal void Parse(MessageReader message, SyncGeometry geometry)
    {
        ReadOnlySpan<byte> bytes = message.Payload.Span;
        if (_payload.Length < bytes.Length)
        {
            _payload = new byte[MessageReader.RoomFor(bytes.Length)];
        }

        bytes.CopyTo(_payload);
        _payloadLength = bytes.Length;
        Clear(message.Header.Hash.Length);
        int count = bytes.Length < FieldsLength ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (count is < 1 or > FormatLimits.MaxGroupOperations)
        {
            throw message.Invalid(0, "count", $"a group cannot have {count} operations");
        }

        // No more capacity than this many bytes can hold operations.
        int most = Math.Min(count, bytes.Length / ShortestOperation);
        _operations.EnsureCapacity(most > FormatLimits.MaxGroupOperations / 2 ? FormatLimits.MaxGroupOperations : most);
        int position = FieldsLength;
        long end = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOperation(message, geometry, bytes, ref position, ref end, i == 0);
        }

        LocateHashes(message, bytes.Length, position);
    }

    private void Clear(int hashLength)
    {
        _hashLength = hashLength;
        _operations.Clear();
        ContentLength = 0;
        HashBytes = 0;
        DataBlocks = 0;
        ZeroBlocks = 0;
        CopyBlocks = 0;
        Copies = 0;
    }

    private ReadOnlySpan<byte> Hash(int at, long index) => _payload.AsSpan(at + ((int)index * _hashLength), _hashLength);

    private void ReadOperation(
        MessageReader message, SyncGeometry geometry, ReadOnlySpan<byte> bytes, ref int position, ref long end, bool isFirst)
    {
        int at = position;
        if (!Varint.TryRead(bytes, ref position, out long gap)
            || !Varint.TryRead(bytes, ref position, out long blocks)
            || position == bytes.Length)
        {
            throw message.Invalid(at, "operation", "an operation is cut short or has an invalid number");
        }

        byte kinds = bytes[position++];
        bool isShifted = (kinds & 0x0F) == OperationKinds.ShiftedCopy && message.Header is OperationsHeader { AllowsShift: true };
        NewKind newKind = isShifted ? NewKind.Copy : (NewKind)(kinds & 0x0F);
        OldKind oldKind = (OldKind)(kinds >> 4);
        if (newKind is < NewKind.Data or > NewKind.Copy || oldKind is < OldKind.Absent or > OldKind.Elsewhere)
        {
            throw message.UnknownValue(position - 1, "kinds", $"{kinds:X2} is not a pair of kinds");
        }

        if (oldKind == OldKind.Elsewhere != (message.Header is OperationsHeader { Bases: not null }))
        {
            throw message.Invalid(
                position - 1,
                "kinds",
                "old hashes that are kept elsewhere belong only to a request merged for several remotes, and to all its operations");
        }

        long source = 0;
        if (newKind == NewKind.Copy)
        {
            if (oldKind == OldKind.Elsewhere)
            {
                throw message.Invalid(position - 1, "kinds", "a message for several remotes cannot copy");
            }

            if (!Varint.TryRead(bytes, ref position, out source))
            {
                throw message.Invalid(position, "source", "the source of a copy is cut short or an invalid number");
            }
        }

        // Subtractions only: no sum of numbers from the file can overflow here.
        if (gap > geometry.Target.BlockCount - end || blocks < 1 || blocks > geometry.Target.BlockCount - end - gap)
        {
            throw message.Invalid(
                at, "operation",
                $"an operation {gap} blocks after block {end} with {blocks} blocks is outside the "
                    + $"{geometry.Target.BlockCount}-block target");
        }

        BlockRun run = new(end + gap, blocks);
        if (!geometry.Coverage.Contains(run))
        {
            throw message.Invalid(at, "operation", $"blocks {run} are not all in the ranges of the message");
        }

        if (oldKind != OldKind.Elsewhere
            && (oldKind == OldKind.Absent ? run.First < geometry.Base.BlockCount : run.End > geometry.Base.BlockCount))
        {
            throw message.Invalid(
                position - 1, "kinds", $"blocks {run} and the base's {geometry.Base.BlockCount} blocks do not fit the old kind {oldKind}");
        }

        if (newKind == NewKind.Zero && oldKind == OldKind.Zero
            && (run.Count != 1 || geometry.Base.LengthOf(run.First) == geometry.Target.LengthOf(run.First)))
        {
            throw message.Invalid(position - 1, "kinds", $"blocks {run} are zeros and become zeros");
        }

        int shift = 0;
        if (isShifted)
        {
            CheckShiftedSource(message, geometry, run, source, position);
            shift = (int)(source - geometry.Base.OffsetOf(geometry.Base.BlockAt(source)));
            source = geometry.Base.BlockAt(source);
        }
        else if (newKind == NewKind.Copy)
        {
            CheckSource(message, geometry, run, source, position);
        }

        long length = geometry.Target.LengthOf(run);
        Operation operation = new(run, newKind, oldKind, 0, 0, ContentLength, source, Shift: shift);
        if (!isFirst && operation.Continues(_operations[^1]))
        {
            throw message.Invalid(at, "operation", $"blocks {run} continue the operation before them");
        }

        _operations.Add(operation);
        switch (newKind)
        {
            case NewKind.Data:
                ContentLength += length;
                DataBlocks += blocks;
                break;
            case NewKind.Copy:
                CopyBlocks += blocks;
                Copies++;
                break;
            default:
                ZeroBlocks += blocks;
                break;
        }

        end = run.End;
    }

    private static void CheckSource(MessageReader message, SyncGeometry geometry, BlockRun run, long source, int position)
    {
        // Only the lengths of the last blocks matter: no other block can be short.
        if (source > geometry.Base.BlockCount - run.Count
            || geometry.Base.LengthOf(source + run.Count - 1) != geometry.Target.LengthOf(run.Last)
            || !geometry.Coverage.Contains(new BlockRun(source, run.Count)))
        {
            throw message.Invalid(
                position, "source",
                $"blocks {run} cannot be copied from block {source} on: that is outside the base, not in the ranges, or of another length");
        }
    }

    private static void CheckShiftedSource(MessageReader message, SyncGeometry geometry, BlockRun run, long source, int position)
    {
        long length = geometry.Target.LengthOf(run);
        if (source % geometry.Base.BlockSize == 0)
        {
            throw message.Invalid(
                position, "source", $"blocks {run} are copied from byte {source} on, where a block begins: without a shift");
        }

        if (source > geometry.Base.Size - length
            || !geometry.Coverage.Contains(BlockGeometry.Touching(source, length, geometry.Base.BlockSize)))
        {
            throw message.Invalid(
                position, "source",
                $"blocks {run} cannot be copied from byte {source} on: that is outside the base, or not in the ranges");
        }
    }

    private void LocateHashes(MessageReader message, int payloadLength, int position)
    {
        int sha256Length = message.Kind == MessageKind.DataFile ? Sha256Length : 0;
        HashBytes = payloadLength - position - ((long)Copies * sha256Length);
        for (int i = 0; i < _operations.Count; i++)
        {
            Operation operation = _operations[i];
            int ofSha256 = operation.New == NewKind.Copy ? sha256Length : 0;
            int hashesPerBlock = OperationKinds.HashesPerBlock(operation.New, operation.Old);
            if (ofSha256 > payloadLength - position
                || (hashesPerBlock > 0 && operation.Blocks.Count > (payloadLength - position - ofSha256) / (hashesPerBlock * _hashLength)))
            {
                throw message.Invalid(position, "hashes", $"blocks {operation.Blocks} have fewer hashes than blocks");
            }

            int oldLength = operation.Old == OldKind.Hashed ? (int)operation.Blocks.Count * _hashLength : 0;
            int newLength = operation.HasNewHashes ? (int)operation.Blocks.Count * _hashLength : 0;
            _operations[i] = operation with
            {
                OldHashesAt = position,
                NewHashesAt = position + oldLength,
                Sha256At = position + oldLength + newLength,
            };
            position += oldLength + newLength + ofSha256;
        }

        if (position != payloadLength)
        {
            throw message.Invalid(position, "hashes", "the group has more hashes than its operations have blocks");
        }
    }
}
