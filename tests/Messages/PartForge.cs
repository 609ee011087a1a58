namespace BinarySync.Tests.Messages;

/// <summary>
/// Cuts small data files into parts of a set: the operation that does so only cuts between groups, of which a small one has a single one.
/// </summary>
internal static class PartForge
{
    // Each part is closed after its first group.
    private const long SplitSize = 1;

    /// <summary>Cuts a data file; null where it cannot be cut into so many, or has more than one group, or copies.</summary>
    public static byte[][]? Cut(byte[] dataFile, int parts)
    {
        byte[][] cut = new byte[parts][];
        for (int i = 0; i < parts; i++)
        {
            MessageForge forge = MessageDissector.Dissect(dataFile);
            bool isSimple = forge.Sections.Count(section => section.Type == (byte)SectionType.Operations) == 1
                && MessageFitter.IsSmall(forge);
            if (!isSimple
                || MessageFitter.HeaderOf(forge) is not { } header
                || GroupEditor.Open(forge, 0, header) is not { } group
                || group.Count < parts)
            {
                return null;
            }

            int from = (int)((long)group.Count * i / parts);
            group.Keep(from, (int)((long)group.Count * (i + 1) / parts) - from);
            group.Close();
            SetPart place = new()
            {
                Id = SetPart.IdOf(SplitSize, [Root(forge, "base_root")], Root(forge, "target_root")),
                Part = i + 1,
                Parts = parts,
                FirstGroup = i,
                GroupCount = 1,
                SplitSize = SplitSize,
            };
            forge.Header.Insert(HeaderKeys.Set, Bits.Pack(writer => SetEncoding.Write(writer, place)), "set");
            MessageFitter.Fit(forge);
            cut[i] = forge.Build().Bytes;
        }

        return cut;
    }

    // Behind the two bytes that say how long it is.
    private static byte[] Root(MessageForge forge, string key) => forge.Trailer.ValueOf(key)[2..];
}
