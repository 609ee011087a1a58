namespace BinarySync.Tests.Messages;

/// <summary>Bends valid messages at random: either their bytes, or their fields with all checksums computed again.</summary>
internal sealed class Mutator(Random random, byte[][] corpus)
{
    private readonly MutationDraw _draw = new(random);
    private readonly List<MutationClass> _done = [];

    /// <summary>What was done to the last message, in order.</summary>
    public IReadOnlyList<MutationClass> Done => _done;

    /// <summary>Flips, cuts, splices or extends the bytes; no checksum follows.</summary>
    public byte[] BendBytes(byte[] original)
    {
        _done.Clear();
        byte[] bytes = original;
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            bytes = BendOnce(bytes);
        }

        return bytes;
    }

    /// <summary>Changes fields and sections; header checksum, section lengths and checksums, digest and tail fit the result.</summary>
    /// <param name="original">A valid message.</param>
    /// <param name="fit">
    /// Hashes of content, counts and root fit the result as well, as far as they can (<see cref="MessageFitter"/>).
    /// </param>
    public byte[] BendFields(byte[] original, bool fit = false)
    {
        _done.Clear();
        MessageForge forge = MessageDissector.Dissect(original);
        if (fit && random.Next(2) == 0)
        {
            MessageFitter.Unpack(forge);
        }

        for (int times = random.Next(1, 4); times > 0; times--)
        {
            switch (random.Next(12))
            {
                case 0:
                    BendPreamble(forge);
                    break;
                case 1 or 2:
                    BendMap(forge.Header, MutationClass.HeaderField);
                    break;
                case 3:
                    BendMap(forge.Trailer, MutationClass.TrailerField);
                    break;
                case 4 or 5:
                    BendSections(forge);
                    break;
                default:
                    BendSection(forge);
                    break;
            }
        }

        if (fit)
        {
            Note(MutationClass.Fitted);
            MessageFitter.Fit(forge);
        }

        return forge.Build().Bytes;
    }

    /// <summary>
    /// Changes what a message says, gently, and makes it fit: most often it is right, and another one.
    /// </summary>
    public byte[] Rework(byte[] original)
    {
        _done.Clear();
        MessageForge forge = MessageDissector.Dissect(original);
        if (random.Next(3) == 0 || !EditGroup(forge))
        {
            BendGently(forge);
        }

        Note(MutationClass.Fitted);
        MessageFitter.Fit(forge);
        return forge.Build().Bytes;
    }

    private bool EditGroup(MessageForge forge)
    {
        if (forge.Sections.Count == 0 || MessageFitter.HeaderOf(forge) is not { } header
            || !MessageFitter.IsSmall(forge)
            || GroupEditor.Open(forge, random.Next(2) == 0 ? random.Next(forge.Sections.Count) : 0, header) is not { Count: > 0 } group)
        {
            return false;
        }

        for (int times = random.Next(1, 4); times > 0; times--)
        {
            group.Edit(random);
        }

        group.Close();
        Note(MutationClass.Reworked);
        return true;
    }

    private void BendGently(MessageForge forge)
    {
        ForgedMap map = random.Next(4) == 0 ? forge.Trailer : forge.Header;
        string key = _draw.Pick([.. map.Keys]);
        Note(map == forge.Header ? MutationClass.HeaderField : MutationClass.TrailerField);
        if (_draw.Nearby(map.ValueOf(key)) is { } number)
        {
            map.Set(key, number);
        }
        else if (map == forge.Header && !map.Keys.Contains(HeaderKeys.Label))
        {
            map.Insert(HeaderKeys.Label, Bits.Pack(writer => writer.WriteString($"label {random.Next(1000)}")), "");
        }
        else if (map.ValueOf(key) is { Length: > 3 } value)
        {
            byte[] flipped = [.. value];
            flipped[random.Next(2, flipped.Length)] ^= (byte)(1 << random.Next(8));
            map.Set(key, flipped, "");
        }

        // Hashes of checksum files: their root follows.
        if (forge.Kind == (byte)MessageKind.ChecksumFile && forge.Sections.Count > 0 && random.Next(2) == 0)
        {
            List<Chunk> payload = _draw.Pick([.. forge.Sections]).Payload;
            if (payload.FindLastIndex(chunk => chunk.Name.StartsWith("hash", StringComparison.Ordinal)) is >= 0 and var last)
            {
                Note(MutationClass.HashField);
                payload[last] = payload[last] with { Bytes = _draw.Noise(payload[last].Bytes.Length) };
            }
        }
    }

    private void Note(MutationClass what) => _done.Add(what);

    private byte[] BendOnce(byte[] bytes)
    {
        int at = random.Next(bytes.Length + 1);
        int other = random.Next(bytes.Length + 1);
        (int from, int to) = (Math.Min(at, other), Math.Max(at, other));
        byte[] source = _draw.Pick(corpus);
        switch (random.Next(6))
        {
            case 0 when bytes.Length > 0:
                Note(MutationClass.BitFlipped);
                byte[] flipped = [.. bytes];
                flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                Note(MutationClass.EndCut);
                return bytes[..at];
            case 2:
                Note(MutationClass.BytesRemoved);
                return [.. bytes[..from], .. bytes[to..]];
            case 3:
                Note(MutationClass.BytesSpliced);
                int start = random.Next(source.Length);
                return [.. bytes[..at], .. source[start..(start + random.Next(source.Length - start))], .. bytes[at..]];
            case 4:
                Note(MutationClass.BytesAppended);
                return [.. bytes, .. _draw.Noise(random.Next(1, 40))];
            default:
                Note(MutationClass.BytesOverwritten);
                return [
                    .. bytes[..from],
                    .. _draw.Noise(Math.Min(to - from, 16)),
                    .. bytes[Math.Min(bytes.Length, from + Math.Min(to - from, 16))..]];
        }
    }

    private void BendPreamble(MessageForge forge)
    {
        Note(MutationClass.Preamble);
        switch (random.Next(6))
        {
            case 0:
                forge.Kind = (byte)random.Next(6);
                break;
            case 1:
                forge.Flags = (byte)random.Next(3);
                break;
            case 2:
                forge.HeaderLength = (uint)_draw.Extreme();
                break;
            case 3:
                forge.TrailerLength = (uint)_draw.Extreme();
                break;
            default:
                forge.Minor = (byte)random.Next(3);
                break;
        }
    }

    private void BendMap(ForgedMap map, MutationClass place)
    {
        if (map.Keys.Count == 0)
        {
            return;
        }

        Note(place);
        string key = _draw.Pick([.. map.Keys]);
        switch (random.Next(12))
        {
            case 0:
                map.Remove(key);
                break;
            case 1:
                map.Swap(key, _draw.Pick([.. map.Keys]));
                break;
            case 2:
                map.Insert(
                    _draw.Pick(["bases", "color", "label", "parent", "ranges", "set", "size", "!sealed", "frame_size", "root"]),
                    _draw.Value(),
                    "");
                break;
            case 3:
                map.CountBytes = _draw.Bend([0x80]);
                break;
            case 4 or 5:
                map.Set(key, _draw.Extreme());
                break;
            case 6:
                map.Set(key, _draw.Value(), "");
                break;
            case 7 or 8 or 9 when _draw.Nearby(map.ValueOf(key)) is { } number:
                map.Set(key, number);
                break;
            case 10:
                map.SetKeyBytes(key, _draw.Bend([0xA4, .. "hash"u8]));
                break;
            default:
                map.Set(key, _draw.Bend(map.ValueOf(key)), "");
                break;
        }
    }

    private void BendSections(MessageForge forge)
    {
        List<ForgedSection> sections = forge.Sections;
        List<ForgedSection> others = MessageDissector.Dissect(_draw.Pick(corpus)).Sections;
        if (others.Count > 0 && (sections.Count == 0 || random.Next(3) == 0))
        {
            Note(MutationClass.SectionsMoved);
            sections.Insert(random.Next(sections.Count + 1), _draw.Pick([.. others]));
            return;
        }

        if (sections.Count == 0)
        {
            return;
        }

        int at = random.Next(sections.Count);
        int how = random.Next(4);
        Note(how == 3 ? MutationClass.SectionHeader : MutationClass.SectionsMoved);
        switch (how)
        {
            case 0:
                sections.RemoveAt(at);
                break;
            case 1:
                int other = random.Next(sections.Count);
                (sections[at], sections[other]) = (sections[other], sections[at]);
                break;
            case 2:
                sections[at] = new ForgedSection
                {
                    Type = (byte)random.Next(8),
                    Flags = (byte)random.Next(2),
                    Payload = [new("noise", _draw.Noise(random.Next(1, 60)), "")],
                };
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
                section.Codec = (byte)random.Next(6);
                break;
            case 2:
                section.Flags = (byte)random.Next(4);
                break;
            case 3:
                section.StoredLength = (uint)_draw.Extreme();
                break;
            default:
                section.RawLength = (uint)_draw.Extreme();
                break;
        }
    }

    private void BendSection(MessageForge forge)
    {
        if (forge.Sections.Count == 0)
        {
            BendMap(forge.Header, MutationClass.HeaderField);
            return;
        }

        List<Chunk> payload = forge.Sections[random.Next(forge.Sections.Count)].Payload;
        if (payload.Count == 0)
        {
            return;
        }

        int at = random.Next(payload.Count);
        int other = random.Next(payload.Count);
        Note(PlaceOf(payload[at].Name));
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
                payload[at] = payload[at] with { Bytes = _draw.Number(payload[at].Bytes.Length) };
                break;
            default:
                payload[at] = payload[at] with { Bytes = _draw.Bend(payload[at].Bytes) };
                break;
        }
    }

    private static MutationClass PlaceOf(string chunk) => chunk.Split(' ') switch
    {
        ["count" or "runs"] => MutationClass.SectionCount,
        ["hash" or "old" or "new", ..] => MutationClass.HashField,
        ["content" or "literals" or "literal" or "frames" or "distance" or "piece" or "frame" or "offset", ..] => MutationClass.Content,
        _ => MutationClass.OperationField,
    };
}
