using BinarySync.Storage;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// What a data file for several remotes makes of the target of one, by the request of that one (Format.md 4.4): worked out from both,
/// without the reader that puts them together.
/// </summary>
internal static class MergedOracle
{
    /// <exception cref="MutationViolation">The two do not say what is to be done, or the target is not what they say.</exception>
    public static DiskImage Outcome(MergedMessages given, DiskImage before, StorageKind kind, bool cuts)
    {
        List<Sent> sent = ReadSent(given.DataFile, out OperationsHeader merged);
        OperationReader own = new(new MemoryStream(given.Own, writable: false), "own", MessageKind.DataRequest);
        OperationsHeader header = own.Header;
        ApplyOracle.Require(
            merged.Bases is not null
                && (merged.TargetSize, merged.BlockSize, merged.Hash) == (header.TargetSize, header.BlockSize, header.Hash),
            "the request is for another master, and was applied");
        DiskImage result = before.Copy();
        long length = ApplyOracle.FinalLength(header, before.Length, kind);
        if (length > before.Length)
        {
            result.SetLength(length);
        }

        OperationGroup group = new();
        while (own.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                ApplyOracle.RequireInCoverage(header, operation.Blocks);
                ApplyOracle.RequireRecognised(header, group, operation, before, (header.SyncGeometry.Base.Size, header.TargetSize));
                Write(result, header, group, operation, sent);
            }
        }

        Require(own.Trailer, merged, header, given);
        if (cuts && length < before.Length)
        {
            result.SetLength(length);
        }

        return result;
    }

    private static void Write(DiskImage result, OperationsHeader header, OperationGroup group, in Operation operation, List<Sent> sent)
    {
        long next = operation.Blocks.First;
        foreach (Sent one in sent)
        {
            if (one.Blocks.End <= next)
            {
                continue;
            }

            if (next == operation.Blocks.End)
            {
                return;
            }

            ApplyOracle.Require(
                one.Blocks.First <= next && one.IsZero == (operation.New == NewKind.Zero),
                $"block {next} was applied, and the data file does not have it so");
            long end = Math.Min(operation.Blocks.End, one.Blocks.End);
            long offset = next * header.BlockSize;
            if (one.IsZero)
            {
                result.Zero(offset, Math.Min(header.TargetSize, end * header.BlockSize) - offset);
                next = end;
                continue;
            }

            for (; next < end; next++)
            {
                byte[] hash = new byte[header.Hash.Length];
                ReadOnlySpan<byte> block = one.Block(next, header);
                header.Hash.Hash(block, hash);
                ApplyOracle.Require(
                    group.NewHash(operation, next - operation.Blocks.First).SequenceEqual(hash),
                    $"block {next} has another content than the request wants, and was applied");
                result.Write(block, next * header.BlockSize);
            }
        }

        ApplyOracle.Require(next == operation.Blocks.End, $"block {next} was wanted, is not in the data file, and all was applied");
    }

    private static void Require(OperationsTrailer own, OperationsHeader merged, OperationsHeader header, MergedMessages given)
    {
        OperationReader reader = new(new MemoryStream(given.DataFile, writable: false), "merged", MessageKind.DataFile, skipContent: true);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            while (reader.ReadFrame(out _))
            {
            }
        }

        ApplyOracle.Require(
            reader.Trailer.TargetRoot.Span.SequenceEqual(own.TargetRoot.Span),
            "the request is for another content of the master, and was applied");
        ApplyOracle.Require(
            merged.Bases!.Contains(new BaseIdentity(own.BaseRoot, header.SyncGeometry.Base.Size)),
            "the request is none of those that were merged, and was applied");
    }

    private static List<Sent> ReadSent(byte[] dataFile, out OperationsHeader header)
    {
        List<Sent> sent = [];
        OperationReader reader = new(new MemoryStream(dataFile, writable: false), "merged", MessageKind.DataFile);
        FrameDecoder decoder = new("merged", MessageBytes.ReaderOf(dataFile));
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            byte[] content = ApplyOracle.Content(reader, decoder, group, before: null);
            int at = 0;
            foreach (Operation operation in group.Operations)
            {
                int length = operation.New == NewKind.Data ? (int)reader.Geometry.Target.LengthOf(operation.Blocks) : 0;
                sent.Add(new Sent(operation.Blocks, operation.New == NewKind.Zero, content.AsMemory(at, length)));
                at += length;
            }
        }

        header = reader.Header;
        return sent;
    }

    private sealed record Sent(BlockRun Blocks, bool IsZero, ReadOnlyMemory<byte> Content)
    {
        public ReadOnlySpan<byte> Block(long block, OperationsHeader header)
        {
            int at = (int)(block - Blocks.First) * header.BlockSize;
            return Content.Span.Slice(at, Math.Min(header.BlockSize, Content.Length - at));
        }
    }
}
