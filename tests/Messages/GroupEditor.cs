namespace BinarySync.Tests.Messages;

/// <summary>
/// Takes a group of operations apart into single blocks, so that it can be made into another one that is right: fewer blocks, other
/// content, other kinds. Content is stored uncompressed afterwards.
/// </summary>
internal sealed class GroupEditor
{
    private readonly MessageForge _forge;
    private readonly int _section;
    private readonly OperationsHeader _header;
    private readonly List<Block> _blocks = [];

    private GroupEditor(MessageForge forge, int section, OperationsHeader header)
    {
        _forge = forge;
        _section = section;
        _header = header;
    }

    public int Count => _blocks.Count;

    private BlockGeometry Target => _header.SyncGeometry.Target;

    private bool HasContent => _forge.Kind == (byte)MessageKind.DataFile;

    /// <summary>
    /// Null where the section is no group, one of too many blocks, or one with copies: what they are copied from is not here.
    /// </summary>
    public static GroupEditor? Open(MessageForge forge, int section, MessageHeader header)
    {
        const int MostBlocks = 20_000;
        byte[] payload = ForgedMessage.Concatenate(forge.Sections[section].Payload);
        int hashLength = header.Hash.Length;
        if (header is not OperationsHeader ofOperations)
        {
            return null;
        }

        GroupEditor editor = new(forge, section, ofOperations);
        if (forge.Sections[section].Type != (byte)SectionType.Operations
            || MessageFitter.ReadOperations(payload, hashLength, editor.Target, editor.HasContent) is not { } operations
            || operations.Exists(operation => operation.New == NewKind.Copy)
            || (editor.HasContent && MessageFitter.HasPrefixBehind(forge, section))
            || operations.Sum(operation => Math.Min(operation.Blocks.Count, MostBlocks)) >= MostBlocks)
        {
            return null;
        }

        byte[] content = editor.HasContent ? MessageFitter.ContentBehind(forge, section) : [];
        int at = 0;
        foreach (Operation operation in operations)
        {
            for (int i = 0; i < operation.Blocks.Count; i++)
            {
                long number = operation.Blocks.First + i;
                int length = operation.New == NewKind.Data && editor.HasContent
                    ? Math.Min(editor.Target.LengthOf(number), content.Length - at)
                    : 0;
                editor._blocks.Add(new Block(
                    number,
                    operation.Old,
                    operation.New,
                    operation.Old == OldKind.Hashed ? payload.AsSpan(operation.OldHashesAt + (i * hashLength), hashLength).ToArray() : [],
                    operation.New == NewKind.Data ? payload.AsSpan(operation.NewHashesAt + (i * hashLength), hashLength).ToArray() : [],
                    content.AsSpan(at, length).ToArray()));
                at += length;
            }
        }

        return editor;
    }

    /// <summary>Leaves out all blocks but these.</summary>
    public void Keep(int from, int count)
    {
        _blocks.RemoveRange(from + count, _blocks.Count - from - count);
        _blocks.RemoveRange(0, from);
    }

    /// <summary>Changes something.</summary>
    public void Edit(Random random)
    {
        int at = random.Next(_blocks.Count);
        Block block = _blocks[at];
        switch (random.Next(8))
        {
            case 0 when _blocks.Count > 1:
                _blocks.RemoveAt(at);
                break;
            case 1 when _blocks.Count > 1:
                int from = Math.Max(1, at);
                _blocks.RemoveRange(from, random.Next(1, _blocks.Count - from + 1));
                break;
            case 2 when block.New == NewKind.Data && block.Old != OldKind.Zero:
                _blocks[at] = block with { New = NewKind.Zero, NewHash = [], Content = [] };
                break;
            case 3:
                byte[] content = new byte[HasContent ? Target.LengthOf(block.Number) : 0];
                random.NextBytes(content);
                _blocks[at] = block with { New = NewKind.Data, NewHash = Noise(random), Content = content };
                break;
            case 4 when block.Old == OldKind.Hashed && random.Next(3) == 0:
                _blocks[at] = random.Next(2) == 0
                    ? block with { OldHash = Noise(random) }
                    : block with { Old = OldKind.Zero, OldHash = [] };
                break;
            case 5 when at > 0 && block.Number - _blocks[at - 1].Number > 1:
                _blocks.Insert(
                    at,
                    new Block(
                        block.Number - 1,
                        block.Old == OldKind.Absent ? OldKind.Absent : OldKind.Zero,
                        block.New,
                        [],
                        block.NewHash,
                        block.Content));
                break;
            case 6:
                // The content of another block.
                Block other = _blocks[random.Next(_blocks.Count)];
                _blocks[at] = block with { New = other.New, NewHash = other.NewHash, Content = other.Content };
                break;
            default:
                if (block.Content.Length > 0)
                {
                    block.Content[random.Next(block.Content.Length)] ^= (byte)(1 << random.Next(8));
                }

                break;
        }
    }

    /// <summary>Writes the group back, and its content. New hashes are left to <see cref="MessageFitter"/>.</summary>
    public void Close()
    {
        using MemoryStream operations = new();
        using MemoryStream hashes = new();
        long end = 0;
        uint count = 0;
        for (int i = 0; i < _blocks.Count;)
        {
            int last = i;
            while (last + 1 < _blocks.Count && _blocks[last + 1] is var next
                && (next.Number, next.Old, next.New) == (_blocks[last].Number + 1, _blocks[i].Old, _blocks[i].New))
            {
                last++;
            }

            operations.Write(Bits.Varint(_blocks[i].Number - end));
            operations.Write(Bits.Varint(last - i + 1));
            operations.WriteByte((byte)(((int)_blocks[i].Old << 4) | (int)_blocks[i].New));
            _blocks[i..(last + 1)].ForEach(block => hashes.Write(block.OldHash));
            _blocks[i..(last + 1)].ForEach(block => hashes.Write(block.NewHash));
            end = _blocks[last].Number + 1;
            count++;
            i = last + 1;
        }

        _forge.Sections[_section].Payload = [new Chunk(
            "operations", [.. Bits.U32(count), .. operations.ToArray(), .. hashes.ToArray()], "")];
        if (HasContent)
        {
            ReplaceContent();
        }
    }

    private void ReplaceContent()
    {
        while (_section + 1 < _forge.Sections.Count && _forge.Sections[_section + 1].Type == (byte)SectionType.Content)
        {
            _forge.Sections.RemoveAt(_section + 1);
        }

        using MemoryStream content = new();
        _blocks.ForEach(block => content.Write(block.Content));
        int at = _section + 1;
        foreach (byte[] frame in content.ToArray().Chunk(((DataFileHeader)_header).FrameSize))
        {
            _forge.Sections.Insert(
                at++, new ForgedSection { Type = (byte)SectionType.Content, Payload = [new Chunk("content", frame, "content")] });
        }
    }

    private byte[] Noise(Random random)
    {
        byte[] bytes = new byte[_header.Hash.Length];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed record Block(long Number, OldKind Old, NewKind New, byte[] OldHash, byte[] NewHash, byte[] Content);
}
