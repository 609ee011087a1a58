using System.Buffers.Binary;
using System.IO.Hashing;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Mutations;

/// <summary>Bends journals: their bytes, or the fields of a record, with its checksum computed again.</summary>
internal sealed class JournalMutator(Random random)
{
    private const int Half = JournalRecord.FileLength / 2;
    private const int LengthOffset = 10;
    private const int FixedLength = 94;
    private const int HashLength = 16;

    private static readonly long[] Extremes =
        [
            0,
            1,
            511,
            512,
            4096,
            100_000,
            int.MaxValue,
            1L << 40,
            (1L << 62) - 1,
            1L << 62,
            (1L << 62) + 1,
            long.MaxValue - 1,
            long.MaxValue,
            -1,
            long.MinValue];

    private readonly List<MutationClass> _done = [];

    public IReadOnlyList<MutationClass> Done => _done;

    /// <summary>A journal of a session in which nothing was marked.</summary>
    public static byte[] Fresh(byte[] dataFile)
    {
        MessageReader reader = new(new MemoryStream(dataFile), "data file");
        DataFileHeader header = (DataFileHeader)reader.Header;
        while (reader.ReadSection())
        {
        }

        return new JournalRecord
        {
            Session = reader.Trailer.Digest,
            BaseSize = header.SyncGeometry.Base.Size,
            TargetSize = header.TargetSize,
            Target = "file:target",
            Patch = "update.dtf",
        }.ToFile();
    }

    public byte[] BendBytes(byte[] file)
    {
        byte[] bent = [.. file];
        int used = Math.Min(bent.Length, Half + 256);
        switch (random.Next(5))
        {
            case 0:
                _done.Add(MutationClass.EndCut);
                return bent[..random.Next(bent.Length)];
            case 1:
                _done.Add(MutationClass.BytesAppended);
                return [.. bent, .. Noise(random.Next(1, 5000))];
            case 2:
                _done.Add(MutationClass.BytesOverwritten);
                int from = random.Next(used);
                Noise(Math.Min(random.Next(1, 600), bent.Length - from)).CopyTo(bent, from);
                return bent;
            case 3:
                // A torn write: a sector of one half, and the rest of the other.
                _done.Add(MutationClass.BytesSpliced);
                int sector = random.Next(8) * 512;
                bent.AsSpan(sector, Half - sector).CopyTo(bent.AsSpan(Half + sector));
                return bent;
            default:
                _done.Add(MutationClass.BitFlipped);
                int half = random.Next(2) * Half;
                bent[half + random.Next(300)] ^= (byte)(1 << random.Next(8));
                return bent;
        }
    }

    public byte[] BendFields(byte[] file)
    {
        _done.Add(MutationClass.JournalField);
        if (random.Next(2) == 0)
        {
            // Inside the record, whatever it says then.
            byte[] bent = [.. file];
            foreach (int half in (ReadOnlySpan<int>)[0, Half])
            {
                BendRecord(bent.AsSpan(half, Half));
            }

            return bent;
        }

        if (JournalRecord.TryDecode(file, out JournalRecord? record) != JournalContent.Valid)
        {
            return file;
        }

        for (int times = random.Next(1, 3); times > 0; times--)
        {
            record = Bend(record!);
        }

        byte[] both = record!.ToFile();
        if (random.Next(3) == 0)
        {
            // An older or a newer one of another session in the other half.
            JournalRecord other = Bend(record) with { Sequence = record.Sequence + (random.Next(2) == 0 ? 1 : -1) };
            if (other.Sequence >= 0)
            {
                other.Encode().CopyTo(both, (int)other.OffsetInFile);
            }
        }

        return both;
    }

    private JournalRecord Bend(JournalRecord record) => random.Next(9) switch
    {
        0 => record with { Session = Noise(16) },
        1 => record with { Other = random.Next(2) == 0 ? null : record.Session },
        2 => record with { IsFinished = !record.IsFinished },
        3 => record with { TailWasZero = !record.TailWasZero },
        4 => record with { DoubtFrom = random.Next(2) == 0 ? JournalRecord.NoDoubt : random.Next(200_000) },
        5 => record with { BaseSize = random.Next(200_000) },
        6 => record with { Target = "file:another" },
        7 => record with { Session = record.Other ?? Noise(16), Other = record.Session },
        _ => record with { Windows = Windows() },
    };

    private IReadOnlyList<ByteRange> Windows()
    {
        List<ByteRange> windows = [];
        for (int count = random.Next(4); count > 0; count--)
        {
            long offset = random.Next(random.Next(2) == 0 ? 10_000 : 300_000);
            windows.Add(new ByteRange(offset, random.Next(4) == 0 ? 1L << 62 : offset + random.Next(1, 100_000)));
        }

        return JournalRecord.Join(windows);
    }

    private void BendRecord(Span<byte> half)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(half[LengthOffset..]);
        if (length < FixedLength + HashLength || length > half.Length)
        {
            return;
        }

        for (int times = random.Next(1, 3); times > 0; times--)
        {
            // Behind the fixed fields stand the windows, numbers of eight bytes as well.
            int at = random.Next(3) switch
            {
                0 => random.Next(8, length - HashLength - 8),
                1 => 54 + (8 * random.Next(3)),
                _ => Math.Min(FixedLength + (8 * random.Next(4)), length - HashLength - 8),
            };
            switch (random.Next(4))
            {
                case 0:
                    BinaryPrimitives.WriteInt64LittleEndian(half[at..], Extremes[random.Next(Extremes.Length)]);
                    break;
                case 1:
                    BinaryPrimitives.WriteInt64LittleEndian(half[at..], random.Next(300_000));
                    break;
                case 2:
                    // Flags and the number of windows.
                    half[52 + random.Next(2)] = (byte)random.Next(18);
                    break;
                default:
                    half[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        length = BinaryPrimitives.ReadUInt16LittleEndian(half[LengthOffset..]);
        if (length >= HashLength && length <= half.Length)
        {
            XxHash128.Hash(half[..(length - HashLength)], half[(length - HashLength)..]);
        }
    }

    private byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
