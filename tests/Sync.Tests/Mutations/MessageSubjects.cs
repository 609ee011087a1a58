using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>A checksum request: what it asks for is checksummed.</summary>
internal sealed class RequestSubject() : MessageSubject(MessageKind.ChecksumRequest)
{
    protected override byte[] Message(MutationPair pair, Random random) => pair.Request;

    protected override string Use(Mutant mutant, bool isAccepted, Random random)
    {
        if (!isAccepted)
        {
            return "";
        }

        using MemoryStream input = new(mutant.Bytes);
        MessageHeader header = ChecksumRequest.Read(input, "mutant");
        try
        {
            RequireReadable(
                FourSteps.Checksums(new FakeStorage(mutant.Pair.A.Copy()), FourSteps.HowFor(header), Threads(mutant.Pair, random)),
                MessageKind.ChecksumFile);
            return ", checksummed";
        }
        catch (SyncException exception) when (header.Parent is not null)
        {
            return $", {exception.Error}";
        }
    }
}

/// <summary>A checksum file: compared with the other side's, on either side, and with its target.</summary>
internal sealed class ChecksumFileSubject() : MessageSubject(MessageKind.ChecksumFile)
{
    protected override byte[] Message(MutationPair pair, Random random) =>
        random.Next(2) == 0 ? pair.RemoteChecksums : pair.MasterChecksums;

    protected override string Use(Mutant mutant, bool isAccepted, Random random)
    {
        MutationPair pair = mutant.Pair;
        string asRemote = Compare(isAccepted, () => FourSteps.Request(mutant.Bytes, pair.MasterChecksums));
        string asMaster = Compare(isAccepted, () => FourSteps.Request(pair.RemoteChecksums, mutant.Bytes));
        string check = Check(mutant.Bytes, isAccepted, pair, random);
        string shifted = pair.IsMoved ? $", shifted {Shift(mutant, isAccepted, random)}" : "";
        return isAccepted ? $", as remote {asRemote}, as master {asMaster}, check {check}{shifted}" : "";
    }

    private static string Compare(bool isAccepted, Func<byte[]> make)
    {
        try
        {
            byte[] request = make();
            if (!isAccepted)
            {
                throw new MutationViolation("a request was made from a checksum file that is refused");
            }

            RequireReadable(request, MessageKind.DataRequest);
            return "done";
        }
        catch (SyncException exception)
        {
            return $"{exception.Error}";
        }
        catch (MessageFormatException exception) when (!isAccepted)
        {
            return $"{exception.Error}";
        }
    }

    // Sums and hashes that are not those of the remote cost something, and are never believed.
    private static string Shift(Mutant mutant, bool isAccepted, Random random)
    {
        try
        {
            byte[] data = FourSteps.Shifted(
                new FakeStorage(mutant.Pair.B.Copy()), mutant.Bytes, new DataFileSpecification { FrameSize = FormatLimits.MinFrameSize },
                threads: Threads(mutant.Pair, random));
            if (!isAccepted)
            {
                throw new MutationViolation("a data file was made from a checksum file that is refused");
            }

            RequireReadable(data, MessageKind.DataFile);
            return ApplyOracle.Try(data, mutant.Pair.DataFile, mutant.Pair.A, StorageKind.RegularFile, new ApplySpecification(), 1);
        }
        catch (SyncException exception)
        {
            return $"{exception.Error}";
        }
        catch (MessageFormatException exception) when (!isAccepted)
        {
            return $"{exception.Error}";
        }
    }

    private static string Check(byte[] checksums, bool isAccepted, MutationPair pair, Random random)
    {
        try
        {
            FakeStorage target = new(
                (random.Next(2) == 0 ? pair.A : pair.B).Copy(), random.Next(4) == 0 ? StorageKind.BlockDevice : StorageKind.RegularFile);
            CheckResult result = FourSteps.Check(target, checksums, threads: Threads(pair, random));
            return isAccepted
                ? (result.IsEqual ? "equal" : "different")
                : throw new MutationViolation("a target was compared with a checksum file that is refused");
        }
        catch (SyncException exception)
        {
            return $"{exception.Error}";
        }
        catch (MessageFormatException exception) when (!isAccepted)
        {
            return $"{exception.Error}";
        }
    }
}

/// <summary>A data request: collected on the true master, and what comes of that applied.</summary>
internal sealed class DataRequestSubject() : MessageSubject(MessageKind.DataRequest)
{
    protected override byte[] Message(MutationPair pair, Random random) => pair.DataRequest;

    protected override string Use(Mutant mutant, bool isAccepted, Random random)
    {
        byte[] data;
        try
        {
            data = FourSteps.Data(
                new FakeStorage(mutant.Pair.B.Copy()), mutant.Bytes, new DataFileSpecification
                {
                    FrameSize = FormatLimits.MinFrameSize,
                }, Threads(mutant.Pair, random));
        }
        catch (SyncException exception)
        {
            return isAccepted ? $", {exception.Error}" : "";
        }
        catch (MessageFormatException) when (!isAccepted)
        {
            return "";
        }

        if (!isAccepted)
        {
            throw new MutationViolation("a data file was made from a request that is refused");
        }

        RequireReadable(data, MessageKind.DataFile);

        // A vector stands alone: nobody has made a data file of it.
        return ", collected, " + ApplyOracle.Try(
            data, mutant.Pair.IsAlone ? data : mutant.Pair.DataFile, mutant.Pair.A, StorageKind.RegularFile, new ApplySpecification(), 1);
    }
}

/// <summary>A data file, or an undo file (which is a data file in the other direction): applied to its target in some state.</summary>
internal sealed class DataFileSubject(bool isUndo) : MessageSubject(MessageKind.DataFile)
{
    public override string Name => isUndo ? "undo" : base.Name;

    protected override byte[] Message(MutationPair pair, Random random) => isUndo ? pair.Undo : pair.DataFile;

    protected override string Use(Mutant mutant, bool isAccepted, Random random)
    {
        DiskImage from = isUndo ? mutant.Pair.B : mutant.Pair.A;
        DiskImage to = isUndo ? mutant.Pair.A : mutant.Pair.B;
        (DiskImage target, StorageKind kind) = TargetState.Pick(from, to, random);
        ApplySpecification how = new()
        {
            CheckBase = random.Next(6) == 0,
            DryRun = random.Next(16) == 0,
            Sparse = (SparseMode)random.Next(3),
            Verify = random.Next(8) switch { 0 => VerifyMode.Full, 1 => VerifyMode.None, _ => VerifyMode.Written },
        };
        string came = ApplyOracle.Try(mutant.Bytes, mutant.Original, target, kind, how, Threads(mutant.Pair, random));
        return isAccepted || came.StartsWith(ApplyOracle.Done, StringComparison.Ordinal)
            ? isAccepted ? ", " + came : throw new MutationViolation($"it is refused by its reader, and {came}")
            : "";
    }
}
