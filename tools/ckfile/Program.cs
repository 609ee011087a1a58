using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;
using BinarySync.Cli.Maps;
using BinarySync.Format;
using BinarySync.Sync.Pipeline;

return ToolRunner.Run("ckfile", args, context =>
{
    CommonOptions common = new();
    ChecksumActions.CreateArguments create = new(
        new Argument<string>("TARGET") { Description = "The file or block device to checksum (write ./info if its name is that of a command)" },
        new Option<string?>("--request", "-r") { Description = "A checksum request with the block size, hash and ranges; '-' is standard input", HelpName = "FILE.ckr" },
        new SpecificationArguments(),
        OptionValues.Label(),
        OptionValues.Live(),
        OptionValues.Holes(),
        OptionValues.ReadErrors(),
        OptionValues.SplitChecksums(),
        OptionValues.Output("FILE.ckf"),
        OptionValues.Force());
    RootCommand root = new("Write the checksum file of a file or block device: the hash of every block");
    root.Add(create.Target);
    root.Add(create.Request);
    create.Specification.AddTo(root);
    root.Add(create.Label);
    root.Add(create.Live);
    root.Add(create.Holes);
    root.Add(create.ReadErrors);
    root.Add(create.Split);
    root.Add(create.Output);
    root.Add(create.Force);
    root.Add(OutputMode.Option());
    common.Storage.AddTo(root);
    common.AddTo(root);
    root.SetAction(result => ChecksumActions.Create(result, context, common, create));

    Argument<string> file = new("FILE.ckf") { Description = "A checksum file; '-' is standard input" };
    Option<bool> extents = OptionValues.Extents();
    Command info = new("info", "Verify a checksum file and show what it says") { file, extents };
    MapOptions infoMaps = new();
    infoMaps.AddTo(info);
    info.SetAction(result => InfoActions.Show(result, context, common, MessageKind.ChecksumFile, file, extents, infoMaps));
    root.Add(info);

    Argument<string> target = new("TARGET") { Description = "The file or block device to compare" };
    Option<bool> live = OptionValues.Live();
    Option<HolePolicy?> holes = OptionValues.Holes();
    Command check = new("check", "Compare a file or block device with its checksum file: exit 0 if equal, 1 if not") { target, file, live, holes };
    MapOptions checkMaps = new();
    checkMaps.AddTo(check);
    common.Storage.AddTo(check);
    check.SetAction(result => ChecksumActions.Check(result, context, common, target, file, live, holes, checkMaps));
    root.Add(check);

    JoinActions.JoinArguments join = new(
        new Argument<string[]>("PART.ckf") { Description = "Checksum files for ranges of one target; one of them may be '-', standard input", Arity = ArgumentArity.OneOrMore },
        new Option<bool>("--partial") { Description = "Accept parts that do not cover the whole target" },
        OptionValues.Label(),
        OptionValues.Output("FILE.ckf", required: true),
        OptionValues.Force());
    Command joinCommand = new("join", "Join several checksum files for ranges of one target into one") { join.Parts, join.Partial, join.Label, join.Output, join.Force, OutputMode.Option() };
    joinCommand.SetAction(result => JoinActions.Join(result, context, common, join));
    root.Add(joinCommand);
    return root;
});
