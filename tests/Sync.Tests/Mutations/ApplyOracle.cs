using System.IO.Hashing;
using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// Applies a data file that may be anything, and knows what may come of it: a typed error and a target with the very bytes that it had,
/// or what the data file's own operations say, worked out block by block. That is what the original would have made, or the message is
/// another data file.
/// </summary>
internal static class ApplyOracle
{
    public const string Done = "applied";

    /// <summary>Says what came of it.</summary>
    /// <exception cref="MutationViolation">Something else came of it.</exception>
    public static string Try(byte[] message, byte[] original, DiskImage before, StorageKind kind, ApplySpecification how, int threads)
    {
        string came = Try(FourSteps.Patch(message), cuts => Outcome(message, before, kind, cuts), before, kind, how, threads);
        return came == Done ? Judge(message, original, before, kind, Outcome(message, before, kind)) : came;
    }

    /// <summary>Says what came of it, without a look at the original.</summary>
    /// <param name="patch">May be anything.</param>
    /// <param name="outcome">What its own operations come to, with or without cutting off what B has not.</param>
    /// <exception cref="MutationViolation">Something else came of it.</exception>
    public static string Try(
        PatchSource patch, Func<bool, DiskImage> outcome, DiskImage before, StorageKind kind, ApplySpecification how, int threads)
    {
        FakeStorage target = new(before.Copy(), kind);
        FakeStateFile journal = new();
        try
        {
            ApplyOperation.Run(target, patch, FourSteps.Places(journal), how, FourSteps.Threads(threads));
        }
        catch (SyncException exception) when (exception.Error == SyncError.VerificationFailed)
        {
            // All was written, and is right; the target root of a bent message is that of something else. Nothing is cut off then.
            Require(how.Verify == VerifyMode.Full, "what was written to a sound disk is said not to read back");
            RequireOutcome(target, outcome(false));
            return Done + ", root differs";
        }
        catch (Exception exception) when (exception is MessageFormatException or SyncException or StorageException)
        {
            RequireUntouched(target, before, $"it was refused ({exception.Message})");
            Require(journal.Log.Count == 0, "it was refused, and a journal was begun");
            return Refusal(exception);
        }

        if (how.DryRun)
        {
            RequireUntouched(target, before, "it was a dry run");
            return "dry run";
        }

        RequireOutcome(target, outcome(true));
        Require(journal.Content is null, "all is done, and the journal still stands");
        return Done;
    }

    /// <summary>A typed error in a few words.</summary>
    public static string Refusal(Exception exception) => exception switch
    {
        SyncException sync => $"refused: {sync.Error}",
        StorageException storage => $"refused: {storage.Error}",
        _ => $"refused: {((MessageFormatException)exception).Error}",
    };

    private static string Judge(byte[] message, byte[] original, DiskImage before, StorageKind kind, DiskImage expected)
    {
        bool isSame = Fingerprint(message).AsSpan().SequenceEqual(Fingerprint(original));
        DiskImage wanted;
        try
        {
            wanted = Outcome(original, before, kind);
        }
        catch (MutationViolation) when (!isSame)
        {
            return Done + " as another data file";
        }

        bool isRight = Difference(expected, wanted) is null;
        Require(isRight || !isSame, "it says the same as the original, and something else came of it");
        return Done + (isRight ? " as the original" : " as another data file");
    }

    /// <summary>Not a byte of the target was changed.</summary>
    public static void RequireUntouched(FakeStorage target, DiskImage before, string why)
    {
        if (target.Changes.Count > 0 || Difference(target.Cache, before) is not null)
        {
            throw new MutationViolation(
                $"{why}, and the target was changed: {target.Changes.Count} times, "
                    + $"{Difference(target.Cache, before) ?? "to the same bytes"}");
        }
    }

    /// <summary>The target is this, and durably so.</summary>
    public static void RequireOutcome(FakeStorage target, DiskImage expected, string when = "")
    {
        string? difference = Difference(target.Cache, expected);
        Require(difference is null, $"{when}the target is not what the message says: {difference}");
        Require(target.Pending.Count == 0, "success was said before the last change was flushed");
    }

    /// <summary>What the operations of a message make of a target (Format.md 9.4); each block has to be old or new.</summary>
    public static DiskImage Outcome(byte[] message, DiskImage before, StorageKind kind, bool cuts = true)
    {
        DiskImage result = before.Copy();
        using MemoryStream input = new(message, writable: false);
        OperationReader reader = new(input, "mutant", MessageKind.DataFile);
        (long a, long b) = (reader.Header.SyncGeometry.Base.Size, reader.Header.TargetSize);
        long length = FinalLength(reader.Header, before.Length, kind);
        if (length > before.Length)
        {
            result.SetLength(length);
        }

        FrameDecoder decoder = new("mutant", MessageBytes.ReaderOf(message));
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            byte[] content = Content(reader, decoder, group, before);
            int at = 0;
            foreach (Operation operation in group.Operations)
            {
                long offset = operation.Blocks.First * reader.Header.BlockSize;
                long end = Math.Min(b, operation.Blocks.End * reader.Header.BlockSize);
                RequireInCoverage(reader.Header, operation.Blocks);
                RequireRecognised(reader.Header, group, operation, before, (a, b));
                if (operation.New == NewKind.Zero)
                {
                    result.Zero(offset, end - offset);
                    continue;
                }

                if (operation.New == NewKind.Copy)
                {
                    Copy(reader.Header, group, operation, before, result);
                    continue;
                }

                Span<byte> bytes = content.AsSpan(at, (int)(end - offset));
                RequireHashes(reader.Header, group, operation, bytes);
                result.Write(bytes, offset);
                at += bytes.Length;
            }
        }

        if (cuts && length < before.Length)
        {
            result.SetLength(length);
        }

        return result;
    }

    // The source is the target as it was; a block whose source is something else is in its own place already (Format.md 13.3).
    private static void Copy(OperationsHeader header, OperationGroup group, in Operation copy, DiskImage before, DiskImage result)
    {
        BlockGeometry target = header.SyncGeometry.Target;
        byte[] hash = new byte[header.Hash.Length];
        using RunningHash sha256 = BlockHash.Sha256.StartBlock();
        for (long i = 0; i < copy.Blocks.Count; i++)
        {
            long block = copy.Blocks.First + i;
            byte[]? content = Found(copy.SourceOffset(target) + (i * header.BlockSize), group.NewHash(copy, i))
                ?? Found(target.OffsetOf(block), group.NewHash(copy, i));
            Require(content is not null, $"block {block} was copied, and its content is nowhere");
            sha256.Append(content);
            result.Write(content, target.OffsetOf(block));

            byte[]? Found(long offset, ReadOnlySpan<byte> wanted)
            {
                int length = target.LengthOf(block);
                if (offset + length > before.Length)
                {
                    return null;
                }

                byte[] bytes = Read(before, offset, length);
                header.Hash.Hash(bytes, hash);
                return wanted.SequenceEqual(hash) ? bytes : null;
            }
        }

        byte[] digest = new byte[OperationGroup.Sha256Length];
        sha256.Finish(digest);
        Require(group.Sha256(copy).SequenceEqual(digest), "content with another SHA-256 than its own was copied");
    }

    internal static long FinalLength(OperationsHeader header, long length, StorageKind kind)
    {
        (long a, long b) = (header.SyncGeometry.Base.Size, header.TargetSize);
        long first = Math.Min(a, b) / header.BlockSize;
        long end = ((Math.Max(a, b) - 1) / header.BlockSize) + 1;
        bool resizes = a != b
            && (header.Coverage.IsWhole || header.Coverage.Ranges.ToArray().Any(range => range.First <= first && range.End >= end));
        if (kind == StorageKind.BlockDevice)
        {
            Require(length >= (resizes || a == b ? b : Math.Min(a, b)), "a device that is too small was patched");
            return length;
        }

        Require(length == a || length == b, "a file of another size was patched");
        return resizes ? b : length;
    }

    /// <summary>
    /// As <see cref="RequireOutcome"/> for a device after an interrupted run: what lies behind the content, to the end of the larger of A
    /// and B, may also be what it was, or zeros. A device cannot be cut, so which of them it is depends on what had been written when
    /// that run broke off.
    /// </summary>
    /// <param name="target">The device.</param>
    /// <param name="expected">As it is when nothing comes between.</param>
    /// <param name="state">As the interrupted run has left it.</param>
    /// <param name="content">Bytes of the content.</param>
    /// <param name="larger">Bytes of the larger of A and B.</param>
    /// <param name="when">For the message.</param>
    public static void RequireOutcomeOnDevice(
        FakeStorage target, DiskImage expected, DiskImage state, long content, long larger, string when)
    {
        const int Step = 64 << 10;
        Require(target.Pending.Count == 0, "success was said before the last change was flushed");
        Require(target.Length == state.Length, "a device has another length");
        (byte[] now, byte[] wanted, byte[] was) = (new byte[Step], new byte[Step], new byte[Step]);
        for (long at = 0; at < target.Length; at += Step)
        {
            int length = (int)Math.Min(Step, target.Length - at);
            target.Cache.Read(now.AsSpan(0, length), at);
            expected.Read(wanted.AsSpan(0, length), at);
            state.Read(was.AsSpan(0, length), at);
            if (now.AsSpan(0, length).SequenceEqual(wanted.AsSpan(0, length)))
            {
                continue;
            }

            for (int i = 0; i < length; i++)
            {
                bool isRight = now[i] == wanted[i] || (at + i >= content && (now[i] == was[i] || (at + i < larger && now[i] == 0)));
                Require(isRight, $"{when}byte {at + i} is {now[i]:X2}, not {wanted[i]:X2}, and was {was[i]:X2}");
            }
        }
    }

    /// <summary>The content of a group.</summary>
    /// <param name="reader">Has just read the group.</param>
    /// <param name="decoder">Of the message.</param>
    /// <param name="group">The group.</param>
    /// <param name="before">The target, for content over old content; null if there is none.</param>
    internal static byte[] Content(OperationReader reader, FrameDecoder decoder, OperationGroup group, DiskImage? before)
    {
        byte[] content = new byte[group.ContentLength];
        int at = 0;
        while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
        {
            int length = reader.Frame.RawLength;
            ContentPiece[] pieces = reader.Frame.Codec == FrameCodec.Prefix && before is not null
                ? [.. group.PiecesOf(reader.Geometry.Target, at, length)]
                : [];
            if (pieces.Length > 0 && TryReadNew(reader, group, pieces, before!, content.AsSpan(at, length)))
            {
                at += length;
                continue;
            }

            using MemoryStream prefix = new();
            foreach (ContentPiece piece in pieces)
            {
                prefix.Write(Read(before!, piece.TargetOffset, piece.PrefixLength(reader.Geometry.Base)));
            }

            MessageBytes.Decode(decoder, reader, stored.Span, prefix.ToArray()).CopyTo(content, at);
            at += length;
        }

        return content;
    }

    // If all blocks of a frame are new already, nothing has to be decoded, and nothing can be.
    private static bool TryReadNew(
        OperationReader reader, OperationGroup group, ContentPiece[] pieces, DiskImage before, Span<byte> content)
    {
        byte[] hash = new byte[reader.Header.Hash.Length];
        foreach (ContentPiece piece in pieces)
        {
            byte[] here = Read(before, piece.TargetOffset, piece.Length);
            here.CopyTo(content[piece.ContentOffset..]);
            for (int at = 0; at < piece.Length; at += reader.Header.BlockSize)
            {
                long block = (piece.TargetOffset + at) / reader.Header.BlockSize;
                reader.Header.Hash.Hash(here.AsSpan(at, Math.Min(reader.Header.BlockSize, here.Length - at)), hash);
                if (!group.NewHash(piece.Operation, block - piece.Operation.Blocks.First).SequenceEqual(hash))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Zeros behind its end.
    private static byte[] Read(DiskImage image, long offset, int length)
    {
        byte[] bytes = new byte[length];
        int there = (int)Math.Clamp(image.Length - offset, 0, length);
        image.Read(bytes.AsSpan(0, there), offset);
        return bytes;
    }

    internal static void RequireHashes(OperationsHeader header, OperationGroup group, in Operation operation, ReadOnlySpan<byte> bytes)
    {
        byte[] hash = new byte[header.Hash.Length];
        for (long i = 0; i < operation.Blocks.Count; i++)
        {
            int at = (int)(i * header.BlockSize);
            header.Hash.Hash(bytes.Slice(at, Math.Min(header.BlockSize, bytes.Length - at)), hash);
            Require(group.NewHash(operation, i).SequenceEqual(hash), "content with another hash than its own was applied");
        }
    }

    internal static void RequireInCoverage(OperationsHeader header, BlockRun blocks) => Require(
        header.Coverage.IsWhole || header.Coverage.Ranges.ToArray().Any(range => range.First <= blocks.First && blocks.End <= range.End),
        $"blocks {blocks} are outside the ranges of the message, and were overwritten");

    internal static void RequireRecognised(
        OperationsHeader header, OperationGroup group, in Operation operation, DiskImage target, (long A, long B) sizes)
    {
        byte[] hash = new byte[header.Hash.Length];
        for (long i = 0; i < operation.Blocks.Count; i++)
        {
            long offset = (operation.Blocks.First + i) * header.BlockSize;
            if (offset >= target.Length)
            {
                // Nothing is there; and so nothing was there either, or it was cut off.
                Require(operation.Old == OldKind.Absent, "a block that the target does not have was taken for an old one");
                return;
            }

            int oldLength = (int)Math.Clamp(sizes.A - offset, 0, header.BlockSize);
            int newLength = (int)Math.Clamp(sizes.B - offset, 0, header.BlockSize);
            byte[] now = new byte[Math.Min(Math.Max(oldLength, newLength), target.Length - offset)];
            target.Read(now, offset);
            bool isNew = now.Length >= newLength
                && (operation.New == NewKind.Zero
                    ? IsZero(now.AsSpan(0, newLength))
                    : HasHash(now.AsSpan(0, newLength), group.NewHash(operation, i)));
            bool isOld = now.Length >= oldLength && IsZero(now.AsSpan(oldLength))
                && (operation.Old == OldKind.Hashed ? HasHash(now.AsSpan(0, oldLength), group.OldHash(operation, i)) : IsZero(now));
            Require(isNew || isOld, $"block {operation.Blocks.First + i} was neither old nor new, and was overwritten");
        }

        bool HasHash(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> wanted)
        {
            header.Hash.Hash(bytes, hash);
            return wanted.SequenceEqual(hash);
        }
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    // All that decides about the outcome: the same fingerprint, the same result.
    internal static byte[] Fingerprint(byte[] message, MessageKind kind = MessageKind.DataFile)
    {
        XxHash128 fingerprint = new();
        using MemoryStream input = new(message, writable: false);
        OperationReader reader = new(input, "mutant", kind);
        OperationsHeader header = reader.Header;
        fingerprint.Append(System.Text.Encoding.UTF8.GetBytes(
            $"{header.BaseSize} {header.TargetSize} {header.BlockSize} {header.Hash.Name} {header.Coverage} "
                + $"{(header as DataFileHeader)?.Set?.Part} {(header as DataFileHeader)?.Set?.Parts}"));
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            fingerprint.Append(group.Payload.Span);
            while (kind == MessageKind.DataFile && reader.ReadFrame(out _))
            {
            }
        }

        return fingerprint.GetHashAndReset();
    }

    // A bent size may be an exabyte, all of it a hole: the beginning and the end are compared, where the pairs' bytes can be.
    internal static string? Difference(DiskImage one, DiskImage other)
    {
        const int Step = 64 << 10;
        const long MostCompared = 32 << 20;
        if (one.Length != other.Length)
        {
            return $"{one.Length} bytes, not {other.Length}";
        }

        byte[] left = new byte[Step];
        byte[] right = new byte[Step];
        long end = Math.Min(one.Length, MostCompared);
        for (
            long at = 0; at < one.Length; at = at + Step >= end && at < one.Length - Step && end < one.Length
                ? one.Length - Step
                : at + Step)
        {
            int length = (int)Math.Min(Step, one.Length - at);
            one.Read(left.AsSpan(0, length), at);
            other.Read(right.AsSpan(0, length), at);
            int equal = left.AsSpan(0, length).CommonPrefixLength(right.AsSpan(0, length));
            if (equal < length)
            {
                return $"byte {at + equal} is {left[equal]:X2}, not {right[equal]:X2}";
            }
        }

        return null;
    }

    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new MutationViolation(otherwise);
        }
    }
}
