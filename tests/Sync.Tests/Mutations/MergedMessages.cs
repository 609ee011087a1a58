using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>A data file for two remotes, and the request of the first.</summary>
internal sealed record MergedMessages(byte[] Own, byte[] DataFile)
{
    /// <summary>Null where the two remotes do not compare the same ranges with the master.</summary>
    /// <param name="pair">The first remote and the master.</param>
    /// <param name="other">The other remote.</param>
    /// <param name="first">Ranges of the remotes.</param>
    /// <param name="second">Ranges of the master.</param>
    public static MergedMessages? TryMake(MutationPair pair, byte[] other, BlockCoverage first, BlockCoverage second)
    {
        MessageHeader header = new OperationReader(new MemoryStream(pair.DataRequest), "own", MessageKind.DataRequest).Header;
        ChecksumSpecification how = new() { BlockSize = header.BlockSize, Hash = header.Hash, Coverage = first };
        try
        {
            byte[] request = FourSteps.Request(
                FourSteps.Checksums(FakeStorage.File(other), how, 1),
                FourSteps.Checksums(new FakeStorage(pair.B.Copy()), how with { Coverage = second }, 1));
            byte[] merged = FourSteps.Merge([pair.DataRequest, request]);
            return new MergedMessages(
                pair.DataRequest,
                FourSteps.Data(new FakeStorage(pair.B.Copy()), merged, new DataFileSpecification { FrameSize = 65_536 }, 1));
        }
        catch (SyncException)
        {
            return null;
        }
    }
}
