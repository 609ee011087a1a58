using BinarySync.Format;

namespace BinarySync.Cli.Output;

/// <summary>Header and trailer fields as they appear in results: the same names everywhere.</summary>
internal static class MessageReport
{
    /// <summary>The file's name, its kind if a reader is given, and all header fields.</summary>
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
        ChecksumFileHeader? checksums = header as ChecksumFileHeader;
        OperationsHeader? operations = header as OperationsHeader;
        DataFileHeader? data = header as DataFileHeader;
        AddSize("size", "size", checksums?.Size);
        AddSize("base_size", "base size", operations?.BaseSize);
        AddSize("target_size", "target size", operations?.TargetSize);
        AddSize("frame_size", "frame size", data?.FrameSize);
        if (header.Label is { } label)
        {
            report.Add("label", "label", label);
        }

        if (checksums is { IsDerived: true })
        {
            report.Add("derived", "derived", true, "from an older checksum file and a data file; the target was not read");
        }

        if (header is ChecksumFileHeader { HasRollingSums: true } or ChecksumRequestHeader { WantsRollingSums: true })
        {
            report.Add("rolling_sums", "rolling sums", true, "content that moved by any number of bytes can be found");
        }

        if (operations is { IsForward: true })
        {
            report.Add("forward", "forward", true, "no copies, no repeats: can be applied as it arrives");
        }

        if (data is { AllowsZstd: true })
        {
            report.Add("zstd", "zstd", true, "content may be compressed with it: programs of version 1.0 refuse the file");
        }

        if (data is { AllowsPrefix: true })
        {
            report.Add("prefix", "prefix", true, "content may be compressed over old content: programs of version 1.0 refuse the file");
        }

        if (operations is { AllowsShift: true })
        {
            report.Add("shift", "shift", true, "content may be copied from any byte: programs of version 1.0 refuse the file");
        }

        AddRanges(report, header.Coverage);
        AddParent(report, header.Parent);
        AddBases(report, operations?.Bases);
        AddSet(report, data?.Set);
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
        ChecksumFileTrailer? checksums = trailer as ChecksumFileTrailer;
        OperationsTrailer? operations = trailer as OperationsTrailer;
        report.BeginObject("trailer");
        AddCount("sections", "sections", trailer.Sections);
        AddCount("groups", "groups", operations?.Groups);
        AddCount("operations", "operations", operations?.Operations);
        AddCount("data_blocks", "data blocks", checksums?.DataBlocks ?? operations?.DataBlocks);
        if (operations is not null)
        {
            report.Add("data_bytes", "data bytes", operations.DataBytes, SizeText.Exact(operations.DataBytes));
        }

        AddCount("zero_blocks", "zero blocks", checksums?.ZeroBlocks ?? operations?.ZeroBlocks);
        AddCount("copy_blocks", "copied blocks", operations?.CopyBlocks);
        AddIdentity("root", "root", checksums?.Root);
        AddIdentity("base_root", "base root", operations?.BaseRoot);
        AddIdentity("target_root", "target root", operations?.TargetRoot);
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
            if (value is { IsEmpty: false } identity)
            {
                report.Add(field, text, identity);
            }
        }
    }

    private static void AddParent(Report report, ParentIdentity? parent)
    {
        if (parent is null)
        {
            return;
        }

        report.BeginObject("parent");
        report.Add("block_size", "refines blocks of", parent.BlockSize, SizeText.Exact(parent.BlockSize));
        report.Add("hash", "  their hash", parent.Hash.Name);
        report.Add("base_size", "  base size", parent.BaseSize, SizeText.Exact(parent.BaseSize));
        report.Add("target_size", "  target size", parent.TargetSize, SizeText.Exact(parent.TargetSize));
        report.Add("base_root", "  base root", parent.BaseRoot);
        report.Add("target_root", "  target root", parent.TargetRoot);
        AddRanges(report, parent.Coverage, "  ranges");
        report.EndObject();
    }

    private static void AddBases(Report report, BaseList? bases)
    {
        if (bases is null)
        {
            return;
        }

        report.BeginArray("bases");
        foreach (BaseIdentity one in bases)
        {
            report.BeginObject();
            report.Add("root", "for the base", one.Root);
            report.Add("size", "  its size", one.Size, SizeText.Exact(one.Size));
            report.EndObject();
            report.Drain();
        }

        report.EndArray();
    }

    /// <summary>A set as a whole, under the name that a part's number in it has.</summary>
    public static void AddWholeSet(this Report report, SetPart set)
    {
        report.BeginObject("set");
        report.Add("parts", "parts in all", set.Parts);
        report.Add("split_size", null, set.SplitSize);
        report.Add("id", "set", set.Id);
        report.EndObject();
    }

    /// <summary>Which part of a set it is; nothing for a file that is no part.</summary>
    public static void AddSet(this Report report, SetPart? set)
    {
        if (set is null)
        {
            return;
        }

        report.BeginObject("set");
        report.Add("part", "part", set.Part, $"{set.Part} of {set.Parts}");
        report.Add("parts", null, set.Parts);
        report.Add("first_group", "  first group", set.FirstGroup);
        report.Add("group_count", "  groups", set.GroupCount);
        report.Add("split_size", "  split after", set.SplitSize, SizeText.Exact(set.SplitSize));
        report.Add("id", "  set", set.Id);
        report.EndObject();
    }

    private static void AddRanges(Report report, BlockCoverage coverage, string label = "ranges")
    {
        if (coverage.IsWhole)
        {
            report.Line($"  {label,-18}the whole");
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
            report.Line($"  {(isFirst ? label : string.Empty),-18}{range}");
            report.Drain();
            isFirst = false;
        }

        report.EndArray();
        if (isFirst)
        {
            report.Line($"  {label,-18}none of the blocks");
        }
    }
}
