using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;
using BinarySync.Format;

return ToolRunner.Run("ckreq", args, context =>
{
    CommonOptions common = new();
    RequestActions.CreateArguments create = new(
        new SpecificationArguments(),
        new Option<string?>("--refine")
        {
            Description = "Ask for smaller blocks, only where this data request differs; without -a, its hash is used; '-' is standard input",
            HelpName = "COARSE.dtr",
        },
        OptionValues.Label(),
        OptionValues.Output("FILE.ckr", required: true),
        OptionValues.Force());
    RootCommand root = new("Write a checksum request: the block size, hash and ranges for ckfile");
    create.Specification.AddTo(root);
    root.Add(create.Refine);
    root.Add(create.Label);
    root.Add(create.Output);
    root.Add(create.Force);
    root.Add(OutputMode.Option());
    common.AddTo(root);
    root.SetAction(result => RequestActions.Create(result, context, common, create));

    Argument<string> file = new("FILE.ckr") { Description = "A checksum request; '-' is standard input" };
    Command info = new("info", "Verify a checksum request and show what it asks for") { file };
    info.SetAction(result => InfoActions.Show(result, context, common, MessageKind.ChecksumRequest, file, extents: null));
    root.Add(info);
    return root;
});
