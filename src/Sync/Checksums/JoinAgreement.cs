using BinarySync.Format;

namespace BinarySync.Sync.Checksums;

/// <summary>What the parts of one checksum file must have in common. The one place where that is decided.</summary>
internal static class JoinAgreement
{
    /// <summary>In what two headers do not belong to one target: what it is, and both values; null where they agree.</summary>
    public static (string What, string One, string Other)? Fault(ChecksumFileHeader one, ChecksumFileHeader other)
    {
        if (one.Size != other.Size)
        {
            return ("target sizes", $"{one.Size}", $"{other.Size}");
        }

        if (one.BlockSize != other.BlockSize)
        {
            return ("block sizes", $"{one.BlockSize}", $"{other.BlockSize}");
        }

        if (one.Hash != other.Hash)
        {
            return ("hashes", one.Hash.Name, other.Hash.Name);
        }

        // A label is each message's own; ranges may be any.
        return one.Parent == other.Parent ? null : ("coarse requests that they refine", Words(one.Parent), Words(other.Parent));

        static string Words(ParentIdentity? parent) =>
            parent is null ? "none" : $"that to {Convert.ToHexStringLower(parent.TargetRoot.Span)}";
    }

    /// <summary>Refuses parts that are not of one target, or not made alike.</summary>
    /// <exception cref="SyncException"><see cref="SyncError.Mismatch"/>.</exception>
    public static void Require(JoinReader first, JoinReader other)
    {
        if (Fault(first.Header, other.Header) is { } fault)
        {
            throw new SyncException(
                SyncReason.DifferentSpecifications,
                string.Empty,
                $"the parts have different {fault.What}: {first.Name} has {fault.One}, {other.Name} has {fault.Other}")
            {
                Values = [("of", "parts"), ("what", fault.What)],
            };
        }
    }
}
