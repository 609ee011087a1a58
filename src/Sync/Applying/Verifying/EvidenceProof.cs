using BinarySync.Storage;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>
/// Proves that a target is the one that an interrupted run was changing, before anything unrecognised is overwritten (docs/Design.md,
/// "Which target it was").
/// </summary>
/// <param name="target">Flushed, as far as possible.</param>
/// <param name="standing">The journal of that run.</param>
/// <param name="journal">Its name.</param>
internal sealed class EvidenceProof(IReadableStorage target, JournalRecord standing, string journal)
{
    // So many blocks, some torn, and not one of them new: hardly any crash leaves that. With a few large blocks it may.
    private const int ManyBlocks = 64;

    /// <summary>Compares all of the evidence.</summary>
    /// <param name="seen">The blocks that the plan has found.</param>
    /// <param name="isResumed">The run continues in the direction of the journal.</param>
    /// <param name="mayOverwrite">The user wants unrecognised blocks to be overwritten.</param>
    /// <exception cref="SyncException"><see cref="SyncError.OtherTarget"/>, <see cref="SyncError.TargetNotProved"/>.</exception>
    public void Demand(SeenBlocks seen, bool isResumed, bool mayOverwrite)
    {
        if (standing.Evidence is not { } evidence)
        {
            // Otherwise only recognised blocks are overwritten.
            if (!mayOverwrite && (standing.Windows.Count > 0 || standing.Redo is not null))
            {
                throw NotProved($"{journal} is from an older program and does not describe the target");
            }

            return;
        }

        DemandBirth(evidence);
        if (FaultOfPieces(evidence) is { } fault)
        {
            throw fault;
        }

        // On a device this happens only behind A's end, or if hardly anything is left of it. A new run does not check that either.
        bool isNothingKnown = evidence is { Birth: null, Pieces.Count: 0, Cells.Count: 0 };
        if (!target.HasFixedLength && seen.Torn > 0 && !mayOverwrite && isNothingKnown)
        {
            throw NotProved("nothing identifies it: no block stays as it was, and the file system does not say which file it is");
        }

        bool hasWritten = DemandWitnesses(evidence, mayOverwrite) || (isResumed ? seen.New : seen.Old) > 0 || standing.Redo is not null;

        // There are torn blocks, and none that the run has finished. If not every sector has a witness, nothing shows that the run was here
        // at all.
        bool isMany = seen.Old + seen.New + seen.Torn >= ManyBlocks;
        if (isMany && seen.Torn > 0 && !hasWritten && !evidence.IsComplete && !standing.IsDistrusted && !mayOverwrite)
        {
            throw NotProved("blocks are neither old nor new, and none shows that the interrupted run wrote here");
        }
    }

    private void DemandBirth(TargetEvidence evidence)
    {
        FileBirth? now = target.ReadBirth();
        if (evidence.Birth is { } then ? now is not { } found || !then.MayBe(found) : now is not null)
        {
            throw Other("it is another file with the same name");
        }
    }

    /// <summary>
    /// True if the target can be the one of a journal that was kept under another name: nothing that the run left alone differs.
    /// </summary>
    /// <param name="birth">Of the target, or of the file below it.</param>
    /// <param name="isByName">The name of the journal tells that it is the target's. Otherwise the birth has to.</param>
    public bool MayBeSame(FileBirth? birth, bool isByName)
    {
        FileBirth? then = standing.Evidence?.Birth;
        bool isBorn = then is { } one && birth is { } other ? one.MayBe(other) : isByName;
        return isBorn && (standing.Evidence is not { } evidence || FaultOfPieces(evidence) is null);
    }

    private SyncException? FaultOfPieces(TargetEvidence evidence)
    {
        byte[] buffer = new byte[SeenPiece.MostBytes];
        bool isAnyRead = evidence.Pieces.Count == 0;
        foreach (SeenPiece piece in evidence.Pieces)
        {
            Span<byte> bytes = buffer.AsSpan(0, piece.Length);
            if (piece.Offset > target.Length - piece.Length)
            {
                return Other($"it ends before byte {piece.Offset + piece.Length}");
            }

            if (!EvidenceTaker.TryRead(target, bytes, piece.Offset))
            {
                continue;
            }

            isAnyRead = true;
            if (EvidenceTaker.HashOf(bytes) != piece.Hash)
            {
                return Other($"bytes {piece.Offset} to {piece.Offset + piece.Length - 1} differ, although no run had to change them");
            }
        }

        return isAnyRead ? null : NotProved("none of the places that identify it can be read");
    }

    // True if one of them shows that the run has written here.
    private bool DemandWitnesses(TargetEvidence evidence, bool mayOverwrite)
    {
        bool hasWritten = false;
        byte[] buffer = new byte[WitnessCell.Length];
        foreach (WitnessCell cell in evidence.Cells)
        {
            // A cell may be anywhere, and the evidence may end anywhere: whatever a journal says is no more than a number.
            int length = (int)Math.Clamp(Math.Clamp(evidence.End, 0, target.Length) - cell.Offset, 0, WitnessCell.Length);
            if (length <= 0 || mayOverwrite || !ReadWhole(buffer.AsSpan(0, length), cell.Offset, out byte readable))
            {
                continue;
            }

            for (int sector = 0; sector < WitnessCell.Sectors; sector++)
            {
                int from = sector * WitnessCell.SectorLength;
                int count = Math.Min(WitnessCell.SectorLength, length - from);
                bool isWhole = count == WitnessCell.SectorLength || (count > 0 && cell.Offset + from + count == evidence.End);
                if (((cell.Known & readable) >> sector & 1) == 0 || !isWhole)
                {
                    continue;
                }

                uint found = WitnessCell.FingerprintOf(buffer.AsSpan(from, count));
                if (found != cell.Before[sector] && found != cell.After[sector] && !IsExcused(cell.Offset + from))
                {
                    long at = cell.Offset + from;
                    throw Other($"bytes {at} to {at + count - 1} are neither old nor new");
                }

                hasWritten |= found == cell.After[sector] && found != cell.Before[sector];
            }
        }

        return hasWritten;
    }

    // A sector that was being written when the power failed may be unreadable until it is written again.
    private bool ReadWhole(Span<byte> bytes, long offset, out byte readable)
    {
        readable = byte.MaxValue;
        if (EvidenceTaker.TryRead(target, bytes, offset))
        {
            return true;
        }

        readable = 0;
        for (int from = 0; from < bytes.Length; from += WitnessCell.SectorLength)
        {
            int count = Math.Min(WitnessCell.SectorLength, bytes.Length - from);
            if (EvidenceTaker.TryRead(target, bytes.Slice(from, count), offset + from))
            {
                readable |= (byte)(1 << (from / WitnessCell.SectorLength));
            }
        }

        return readable != 0;
    }

    // Bytes that did not read back as written may look like anything.
    private bool IsExcused(long offset) =>
        standing.IsDistrusted && standing.Windows.Any(window => window.Offset <= offset && offset < window.End);

    private SyncException Other(string how) => new(
        SyncReason.OtherTarget,
        target.Name,
        $"is not the target that {standing.Patch} was being applied to, as {journal} describes it: {how}; nothing was written");

    private SyncException NotProved(string why) => new(
        SyncReason.TargetNotProved,
        target.Name,
        $"may not be the target that {standing.Patch} was being applied to: {why}; nothing was written");
}
