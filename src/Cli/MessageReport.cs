using BinarySync.Format;

namespace BinarySync.Cli;

/// <summary>Header and trailer fields as they appear in results: the same names everywhere.</summary>
internal static class MessageReport
{
    /// <summary>The file's name, its kind where a reader is given, and all header fields.</summary>
    public static void AddHeader(this Report report, string nameField, string name, MessageHeader header, MessageReader? message = null)
    {
        report.AddHidden(nameField, name);
        if (message is not null)
        {
            report.AddHidden("kind", message.Kind.Words());
            report.AddHidden("format", $"{FormatVersion.Major}.{message.Minor}");
        }

        report.BeginObject("header");
        report.Add("block_size", "block size", header.BlockSize, SizeText.Exact(header.BlockSize));
        report.Add("hash", "hash", header.Hash.Name);
        AddSize("size", "size", header.Size);
        AddSize("base_size", "base size", header.BaseSize);
        AddSize("target_size", "target size", header.TargetSize);
        AddSize("frame_size", "frame size", header.FrameSize);
        if (header.Label is { } label)
        {
            report.Add("label", "label", label);
        }

        AddRanges(report, header.Coverage);
        report.EndObject();

        void AddSize(string field, string text, long? value)
        {
            if (value is { } bytes)
            {
                report.Add(field, text, bytes, SizeText.Exact(bytes));
            }
        }
    }

    public static void AddTrailer(this Report report, MessageTrailer trailer)
    {
        report.BeginObject("trailer");
        AddCount("sections", "sections", trailer.Sections);
        AddCount("groups", "groups", trailer.Groups);
        AddCount("operations", "operations", trailer.Operations);
        AddCount("data_blocks", "data blocks", trailer.DataBlocks);
        if (trailer.DataBytes is { } bytes)
        {
            report.Add("data_bytes", "data bytes", bytes, SizeText.Exact(bytes));
        }

        AddCount("zero_blocks", "zero blocks", trailer.ZeroBlocks);
        AddCount("copy_blocks", "copied blocks", trailer.CopyBlocks);
        AddIdentity("root", "root", trailer.Root);
        AddIdentity("base_root", "base root", trailer.BaseRoot);
        AddIdentity("target_root", "target root", trailer.TargetRoot);
        AddIdentity("digest", "digest", trailer.Digest);
        report.EndObject();

        void AddCount(string field, string text, long? value)
        {
            if (value is { } count)
            {
                report.Add(field, text, count);
            }
        }

        void AddIdentity(string field, string text, ReadOnlyMemory<byte>? value)
        {
            if (value is { } identity)
            {
                report.Add(field, text, identity);
            }
        }
    }

    private static void AddRanges(Report report, BlockCoverage coverage)
    {
        if (coverage.IsWhole)
        {
            report.Line($"  {"ranges",-18}the whole");
            return;
        }

        report.BeginArray("ranges");
        bool isFirst = true;
        foreach (BlockRun range in coverage.Ranges)
        {
            report.BeginObject();
            report.Add("first", null, range.First);
            if (!range.IsOpenEnded)
            {
                report.Add("count", null, range.Count);
            }

            report.EndObject();
            report.Line($"  {(isFirst ? "ranges" : string.Empty),-18}{range}");
            report.Drain();
            isFirst = false;
        }

        report.EndArray();
        if (isFirst)
        {
            report.Line($"  {"ranges",-18}none of the blocks");
        }
    }
}
