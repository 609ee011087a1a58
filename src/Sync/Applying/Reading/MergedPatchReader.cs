using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// A data file for several remotes, as one of them sees it. It shows the header, roots and old hashes of that remote's own request, and
/// only the operations that it asked for. Each group is cut to them. Its frames are those of the merged file, so there may be unneeded
/// content between its blocks.
/// </summary>
internal sealed class MergedPatchReader : IOperationReader
{
    private readonly OperationReader _file;
    private readonly OwnRequest _own;
    private readonly OperationReader _request;
    private readonly OperationCursor _cursor;
    private readonly OperationGroup _merged = new();
    private readonly int _hashLength;
    private readonly HeldFrame _held = new();

    // In the merged group: how far its operations and its frames have been read.
    private int _operation;
    private long _blocksDone;
    private long _contentRead;

    // Of the own request: the first block that has not been found yet.
    private long _due;

    // The frames of the group that was returned: their range in the merged group's content, and how far its blocks reach in it.
    private long _nextFrame;
    private long _framesEnd;
    private long _neededEnd;
    private OperationsTrailer? _trailer;

    /// <summary>Makes sure that the request is one of those merged.</summary>
    /// <param name="file">The merged data file; nothing but its header has been read.</param>
    /// <param name="own">The request.</param>
    /// <exception cref="SyncException">It is not.</exception>
    public MergedPatchReader(OperationReader file, OwnRequest own)
    {
        _file = file;
        _own = own;
        DataFileHeader merged = file.FileHeader;
        RequireMerged(merged);
        FileHeader = new DataFileHeader(own.Header, merged.FrameSize)
        {
            Label = merged.Label,
            Set = merged.Set,
            AllowsZstd = merged.AllowsZstd,
        };
        Geometry = Header.SyncGeometry;
        _hashLength = Header.Hash.Length;
        _request = own.Open();
        _cursor = new OperationCursor(_request);
        NextDue();
    }

    public OperationsHeader Header => FileHeader;

    public DataFileHeader FileHeader { get; }

    public SyncGeometry Geometry { get; }

    public OperationsTrailer Trailer => _trailer ?? throw new InvalidOperationException("the data file has not been read to its end");

    public string Source => _file.Source;

    public long Position => _file.Position;

    public long GroupOffset => _file.GroupOffset;

    public CopyRunList? Copies => _file.Copies;

    public IReadOnlyList<int>? CopyOrder => _file.CopyOrder;

    public void ForgetCopies() => _file.ForgetCopies();

    public void ReadGroupAt(long offset, OperationGroup group) =>
        throw new NotSupportedException("a merged data file has no copies to be read again");

    public OperationsTrailer? PeekTrailer() => _own.Trailer;

    public SectionHeader Frame => _held.IsCurrent ? _held.Frame : _file.Frame;

    public (long Number, long Offset) FramePosition => _held.IsCurrent ? _held.Position : _file.FramePosition;

    public bool ReadGroup(OperationGroup group)
    {
        while (!Fill(group))
        {
            while (_file.ReadFrame(out _))
            {
            }

            if (!_file.ReadGroup(_merged))
            {
                Finish();
                return false;
            }

            _operation = 0;
            _blocksDone = 0;
            _contentRead = 0;
            _held.Clear();
        }

        return true;
    }

    public bool ReadFrame(out ReadOnlyMemory<byte> stored)
    {
        stored = default;
        if (_nextFrame == _framesEnd)
        {
            return false;
        }

        _held.IsCurrent = _held.Has(_nextFrame);
        if (_held.IsCurrent)
        {
            stored = _held.Stored;
        }
        else
        {
            // The frames before it are only for other remotes.
            long from;
            do
            {
                _file.ReadFrame(out stored);
                from = _contentRead;
                _contentRead += _file.Frame.RawLength;
            }
            while (from < _nextFrame);
        }

        long end = _nextFrame + Frame.RawLength;
        if (!_held.IsCurrent && end == _framesEnd && end > _neededEnd)
        {
            // The rest of the frame may belong to the next group.
            _held.Keep(_nextFrame, _file.Frame, _file.FramePosition, stored.Span, _file.Pieces);
        }

        _nextFrame = end;
        return true;
    }

    public byte[] ExchangePayload(byte[] replacement) => _held.IsCurrent ? _held.CopyTo(replacement) : _file.ExchangePayload(replacement);

    public FramePieces ExchangePieces(FramePieces replacement)
    {
        if (!_held.IsCurrent)
        {
            return _file.ExchangePieces(replacement);
        }

        replacement.CopyFrom(_held.Pieces);
        return replacement;
    }

    // The next part of the merged group, as much of it as one group may have; false if nothing more of it is needed.
    private bool Fill(OperationGroup group)
    {
        group.Begin(_hashLength);
        long neededFrom = -1;
        _neededEnd = 0;
        while (_operation < _merged.Operations.Count && group.Operations.Count < FormatLimits.MaxGroupOperations)
        {
            Operation merged = _merged.Operations[_operation];
            long first = merged.Blocks.First + _blocksDone;
            if (_due < first)
            {
                throw NotThere(_due);
            }

            if (_due >= merged.Blocks.End)
            {
                _operation++;
                _blocksDone = 0;
                continue;
            }

            Operation own = _cursor.Operation;
            long end = Math.Min(merged.Blocks.End, own.Blocks.End);
            int hashBytes = _hashLength * OperationKinds.HashesPerBlock(merged.New, own.Old);
            if (hashBytes > 0)
            {
                end = Math.Min(end, _due + ((FormatLimits.MaxGroupHashBytes - group.HashBytes) / hashBytes));
            }

            if (end == _due)
            {
                break;
            }

            BlockRun run = BlockRun.Between(_due, end);
            long contentAt = Add(group, run, merged, own);
            if (merged.New == NewKind.Data)
            {
                neededFrom = neededFrom < 0 ? contentAt : neededFrom;
                _neededEnd = contentAt + Geometry.Target.LengthOf(run);
            }

            _blocksDone = end - merged.Blocks.First;
            _due = end;
            if (end == own.Blocks.End)
            {
                NextDue();
            }
        }

        LocateFrames(group, neededFrom);
        return group.Operations.Count > 0;
    }

    private long Add(OperationGroup group, BlockRun run, in Operation merged, in Operation own)
    {
        if (merged.HasNewHashes != own.HasNewHashes)
        {
            throw Different(run.First);
        }

        ReadOnlySpan<byte> newHashes = Part(_merged.NewHashes(merged), run, merged);
        ReadOnlySpan<byte> wanted = Part(_cursor.Group.NewHashes(own), run, own);
        if (!wanted.SequenceEqual(newHashes))
        {
            throw Different(run.First + (wanted.CommonPrefixLength(newHashes) / _hashLength));
        }

        ReadOnlySpan<byte> oldHashes = Part(_cursor.Group.OldHashes(own), run, own);
        long contentAt = merged.ContentAt + (
            merged.New == NewKind.Data ? Geometry.Target.OffsetOf(run.First) - Geometry.Target.OffsetOf(merged.Blocks.First) : 0);
        group.Append(run, merged.New, own.Old, oldHashes, newHashes, contentAt);
        return contentAt;
    }

    // The hashes of some of an operation's blocks; none if it has none.
    private ReadOnlySpan<byte> Part(ReadOnlySpan<byte> hashes, BlockRun run, in Operation operation) =>
        hashes.IsEmpty ? hashes : hashes.Slice((int)(run.First - operation.Blocks.First) * _hashLength, (int)run.Count * _hashLength);

    private void LocateFrames(OperationGroup group, long neededFrom)
    {
        int frame = FileHeader.FrameSize;
        _nextFrame = neededFrom < 0 ? 0 : neededFrom / frame * frame;
        _framesEnd = neededFrom < 0 ? 0 : Math.Min((_neededEnd + frame - 1) / frame * frame, _merged.ContentLength);
        _held.IsCurrent = false;
        group.End(_nextFrame, _framesEnd - _nextFrame);
    }

    private void NextDue()
    {
        _cursor.Next();
        _due = _cursor.Operation.Blocks.First;
    }

    private void Finish()
    {
        OperationsTrailer merged = _file.Trailer;
        OperationsTrailer own = _own.Trailer;
        if (_due != OperationCursor.Behind)
        {
            throw NotThere(_due);
        }

        _own.RequireSame(_request.Trailer);

        if (!merged.TargetRoot.Span.SequenceEqual(own.TargetRoot.Span))
        {
            throw NotMerged("it is for other content of the master");
        }

        _trailer = own with { Digest = _own.SessionOf(merged.Digest) };
    }

    private void RequireMerged(DataFileHeader merged)
    {
        DataRequestHeader own = _own.Header;
        string? other = merged.Bases is null ? "that one is not merged and needs no request"
            : own.Bases is not null ? "it is itself merged"
            : own.BlockSize != merged.BlockSize ? "it has another block size"
            : own.Hash != merged.Hash ? "it has another hash"
            : own.TargetSize != merged.TargetSize ? "it is for a master of another size"
            : !own.Coverage.Equals(merged.Coverage) ? "it has other ranges"
            : own.Parent is not null || !merged.Bases.Contains(new BaseIdentity(_own.Trailer.BaseRoot, own.SyncGeometry.Base.Size))
                ? "it starts from other old content than any of them"
            : null;
        if (other is not null)
        {
            throw NotMerged(other);
        }
    }

    private SyncException NotMerged(string why) => new(
        SyncReason.NotMergedFromRequest,
        _own.Name,
        $"is not one of the requests that {Source} was merged from: {why}");

    private SyncException NotThere(long block) => new(
        SyncReason.NotMergedFromRequest,
        _own.Name,
        $"asks for block {block}, which {Source} does not have: it was not made from a request that includes this one",
        [new BlockRun(block, 1)]);

    private SyncException Different(long block) => new(
        SyncReason.NotMergedFromRequest,
        _own.Name,
        $"asks for other content of block {block} than {Source} has: they are not for the same master",
        [new BlockRun(block, 1)]);

    /// <summary>The last frame of a group, kept because it may be the first of the next one too.</summary>
    private sealed class HeldFrame
    {
        private byte[] _stored = [];
        private int _length;
        private long _from = -1;

        /// <summary>True if it is the frame that was read last.</summary>
        public bool IsCurrent { get; set; }

        public SectionHeader Frame { get; private set; }

        public (long Number, long Offset) Position { get; private set; }

        /// <summary>Of a frame with repeats.</summary>
        public FramePieces Pieces { get; } = new();

        public ReadOnlyMemory<byte> Stored => _stored.AsMemory(0, _length);

        public bool Has(long from) => _from == from;

        public void Keep(long from, SectionHeader frame, (long Number, long Offset) position, ReadOnlySpan<byte> stored, FramePieces pieces)
        {
            if (frame.Codec == FrameCodec.Repeats && !stored.IsEmpty)
            {
                Pieces.CopyFrom(pieces);
            }

            if (_stored.Length < stored.Length)
            {
                _stored = new byte[stored.Length];
            }

            stored.CopyTo(_stored);
            (_length, _from, Frame, Position) = (stored.Length, from, frame, position);
        }

        public byte[] CopyTo(byte[] replacement)
        {
            byte[] copy = replacement.Length >= _length ? replacement : new byte[_length];
            Stored.CopyTo(copy);
            return copy;
        }

        public void Clear()
        {
            _from = -1;
            IsCurrent = false;
        }
    }
}
