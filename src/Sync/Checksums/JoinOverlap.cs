using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Checksums;

/// <summary>
/// Compares parts if they overlap. After the first disagreement, it compares only those two files, so that all of their disagreement is
/// named.
/// </summary>
internal sealed class JoinOverlap
{
    private readonly BlockRunList _ranges = new();
    private JoinReader? _one;
    private JoinReader? _other;

    /// <summary>True once two files disagree: the joined file does not count any more.</summary>
    public bool IsBroken => _one is not null;

    /// <summary>Compares a run of blocks that several parts have at the front of their current runs.</summary>
    public void Compare(BlockRun run, IReadOnlyList<JoinReader> parts)
    {
        if (_one is not null)
        {
            if (parts.Contains(_one) && parts.Contains(_other!))
            {
                Compare(run, _one, _other!);
            }

            return;
        }

        for (int i = 1; i < parts.Count && _one is null; i++)
        {
            if (Compare(run, parts[0], parts[i]))
            {
                (_one, _other) = (parts[0], parts[i]);
            }
        }
    }

    /// <summary>Throws as soon as a disagreement is known in full.</summary>
    /// <exception cref="SyncException"><see cref="SyncError.Mismatch"/>, with the ranges.</exception>
    public void ThrowIfComplete()
    {
        if (_one is not null && (_one.IsDone || _other!.IsDone))
        {
            throw new SyncException(
                SyncReason.PartsDisagree,
                string.Empty,
                $"{_one.Name} and {_other!.Name} disagree in {_ranges}",
                _ranges.Runs);
        }
    }

    // True if they differ.
    private bool Compare(BlockRun run, JoinReader one, JoinReader other)
    {
        if (one.Current.IsZero != other.Current.IsZero)
        {
            _ranges.Add(run);
            return true;
        }

        bool differs = false;
        if (!one.Current.IsZero)
        {
            int hashLength = one.Header.Hash.Length;
            ReadOnlySpan<byte> hashes = one.Current.Hashes.Span[..((int)run.Count * hashLength)];
            int end = 0;
            while (DifferingHashes.Next(hashes, other.Current.Hashes.Span, hashLength, end, out int first, out end))
            {
                _ranges.Add(new BlockRun(run.First + first, end - first));
                differs = true;
            }
        }

        return differs;
    }
}
