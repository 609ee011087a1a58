using BinarySync.Format.Tests.Vectors;

namespace BinarySync.Format.Tests.Mutations;

/// <summary>Bends valid messages at random: either their bytes, or their fields with all checksums computed again.</summary>
internal sealed class Mutator(Random random, byte[][] corpus)
{
    private static readonly ulong[] Extremes =
        [0, 1, 2, 127, 128, 255, 256, 511, 512, 65_535, 65_536, 1 << 22, (1 << 22) + 1, int.MaxValue, uint.MaxValue, 1UL << 53, 1UL << 62, (1UL << 62) + 1, long.MaxValue, ulong.MaxValue];

    /// <summary>Flips, cuts, splices or extends the bytes; no checksum follows.</summary>
    public byte[] BendBytes(byte[] original)
    {
        byte[] bytes = original;
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            bytes = BendOnce(bytes);
        }

        return bytes;
    }

    /// <summary>Changes fields and sections; header checksum, section lengths and checksums, digest and tail fit the result.</summary>
    public byte[] BendFields(byte[] original)
    {
        MessageForge forge = MessageDissector.Dissect(original);
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            switch (random.Next(12))
            {
                case 0:
                    BendPreamble(forge);
                    break;
                case 1 or 2:
                    BendMap(forge.Header);
                    break;
                case 3:
                    BendMap(forge.Trailer);
                    break;
                case 4 or 5:
                    BendSections(forge);
                    break;
                default:
                    BendSection(forge);
                    break;
            }
        }

        return forge.Build().Bytes;
    }

    private byte[] BendOnce(byte[] bytes)
    {
        int at = random.Next(bytes.Length + 1);
        int other = random.Next(bytes.Length + 1);
        (int from, int to) = (Math.Min(at, other), Math.Max(at, other));
        byte[] source = Pick(corpus);
        switch (random.Next(6))
        {
            case 0 when bytes.Length > 0:
                byte[] flipped = [.. bytes];
                flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                return bytes[..at];
            case 2:
                return [.. bytes[..from], .. bytes[to..]];
            case 3:
                int start = random.Next(source.Length);
                return [.. bytes[..at], .. source[start..(start + random.Next(source.Length - start))], .. bytes[at..]];
            case 4:
                return [.. bytes, .. Noise(random.Next(1, 40))];
            default:
                return [.. bytes[..from], .. Noise(Math.Min(to - from, 16)), .. bytes[Math.Min(bytes.Length, from + Math.Min(to - from, 16))..]];
        }
    }

    private void BendPreamble(MessageForge forge)
    {
        switch (random.Next(6))
        {
            case 0:
                forge.Kind = (byte)random.Next(6);
                break;
            case 1:
                forge.Flags = (byte)random.Next(3);
                break;
            case 2:
                forge.HeaderLength = (uint)Extreme();
                break;
            case 3:
                forge.TrailerLength = (uint)Extreme();
                break;
            default:
                forge.Minor = (byte)random.Next(3);
                break;
        }
    }

    private void BendMap(ForgedMap map)
    {
        if (map.Keys.Count == 0)
        {
            return;
        }

        string key = Pick([.. map.Keys]);
        switch (random.Next(9))
        {
            case 0:
                map.Remove(key);
                break;
            case 1:
                map.Swap(key, Pick([.. map.Keys]));
                break;
            case 2:
                map.Insert(Pick(["bases", "color", "label", "parent", "ranges", "set", "size", "!sealed", "frame_size", "root"]), Value(), "");
                break;
            case 3:
                map.CountBytes = BendPiece([0x80]);
                break;
            case 4 or 5:
                map.Set(key, Extreme());
                break;
            case 6:
                map.Set(key, Value(), "");
                break;
            case 7:
                map.SetKeyBytes(key, BendPiece([0xA4, .. "hash"u8]));
                break;
            default:
                map.Set(key, BendPiece(map.ValueOf(key)), "");
                break;
        }
    }

    private void BendSections(MessageForge forge)
    {
        List<ForgedSection> sections = forge.Sections;
        List<ForgedSection> others = MessageDissector.Dissect(Pick(corpus)).Sections;
        if (others.Count > 0 && (sections.Count == 0 || random.Next(3) == 0))
        {
            sections.Insert(random.Next(sections.Count + 1), Pick([.. others]));
            return;
        }

        if (sections.Count == 0)
        {
            return;
        }

        int at = random.Next(sections.Count);
        switch (random.Next(4))
        {
            case 0:
                sections.RemoveAt(at);
                break;
            case 1:
                int other = random.Next(sections.Count);
                (sections[at], sections[other]) = (sections[other], sections[at]);
                break;
            case 2:
                sections[at] = new ForgedSection { Type = (byte)random.Next(8), Flags = (byte)random.Next(2), Payload = [new("noise", Noise(random.Next(1, 60)), "")] };
                break;
            default:
                BendFrameHeader(sections[at]);
                break;
        }
    }

    private void BendFrameHeader(ForgedSection section)
    {
        switch (random.Next(6))
        {
            case 0:
                section.Type = (byte)random.Next(5);
                break;
            case 1:
                section.Codec = (byte)random.Next(4);
                break;
            case 2:
                section.Flags = (byte)random.Next(4);
                break;
            case 3:
                section.StoredLength = (uint)Extreme();
                break;
            default:
                section.RawLength = (uint)Extreme();
                break;
        }
    }

    private void BendSection(MessageForge forge)
    {
        if (forge.Sections.Count == 0)
        {
            BendMap(forge.Header);
            return;
        }

        List<Chunk> payload = forge.Sections[random.Next(forge.Sections.Count)].Payload;
        if (payload.Count == 0)
        {
            return;
        }

        int at = random.Next(payload.Count);
        int other = random.Next(payload.Count);
        switch (random.Next(8))
        {
            case 0:
                payload.RemoveAt(at);
                break;
            case 1:
                payload.Insert(other, payload[at]);
                break;
            case 2:
                (payload[at], payload[other]) = (payload[other], payload[at]);
                break;
            case 3 or 4 when payload[at].Bytes.Length is >= 1 and <= Varint.MaxLength:
                payload[at] = payload[at] with { Bytes = Number(payload[at].Bytes.Length) };
                break;
            default:
                payload[at] = payload[at] with { Bytes = BendPiece(payload[at].Bytes) };
                break;
        }
    }

    // Fields of four and eight bytes are integers; the others of few bytes are varints.
    private byte[] Number(int length) => length switch
    {
        sizeof(uint) => Bits.U32(random.Next(2) == 0 ? (uint)Extreme() : (uint)random.Next(8)),
        sizeof(ulong) => Bits.U64(Extreme()),
        _ => Bits.Varint((long)((random.Next(2) == 0 ? Extreme() : (ulong)random.Next(16)) & long.MaxValue)),
    };

    private byte[] Value() => random.Next(6) switch
    {
        0 => [0x90],
        1 => [0x80],
        2 => [0x92, .. Bits.Pack(writer => writer.WriteUnsigned(Extreme())), .. Bits.Pack(writer => writer.WriteUnsigned(Extreme()))],
        3 => Bits.Pack(writer => writer.WriteString(Pick(["xxh128", "sha256", "x", ""]))),
        4 => Bits.Pack(writer => writer.WriteBytes(Noise(random.Next(40)))),
        _ => Noise(random.Next(1, 12)),
    };

    private byte[] BendPiece(byte[] bytes)
    {
        switch (random.Next(4))
        {
            case 0 when bytes.Length > 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                return [.. bytes, .. Noise(random.Next(1, 9))];
            default:
                byte[] flipped = [.. bytes];
                if (flipped.Length > 0)
                {
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                }

                return flipped;
        }
    }

    private ulong Extreme() => Pick(Extremes);

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
