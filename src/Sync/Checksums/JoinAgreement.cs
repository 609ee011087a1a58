using BinarySync.Format;

namespace BinarySync.Sync.Checksums;

/// <summary>Decides which properties the parts of one checksum file must have in common; no other place decides it.</summary>
internal static class JoinAgreement
{
    /// <summary>Why two headers do not belong to one target: the property, and both values; null if they agree.</summary>
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

        // Each message has its own label; ranges may be any.
        return one.Parent == other.Parent ? null : ("coarse requests that they refine", Words(one.Parent), Words(other.Parent));

        static string Words(ParentIdentity? parent) =>
            parent is null ? "none" : $"that to {Convert.ToHexStringLower(parent.TargetRoot.Span)}";
    }

    /// <summary>Refuses parts that are not of one target, or were made in different ways.</summary>
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
