using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Format;

return ToolRunner.Run("ckreq", args, context =>
{
    CommonOptions common = new();
    SpecificationArguments specification = new();
    Option<string?> label = Options.Label();
    Option<string?> output = Options.Output("FILE.ckr", required: true);
    Option<bool> force = Options.Force();
    RootCommand root = new("Write a checksum request: which block size, hash and ranges ckfile shall use");
    specification.AddTo(root);
    root.Add(label);
    root.Add(output);
    root.Add(force);
    common.AddTo(root);
    root.SetAction(result => RequestActions.Create(result, context, common, specification, label, output, force));

    Argument<string> file = new("FILE.ckr") { Description = "A checksum request; '-' is standard input" };
    Command info = new("info", "Verify a checksum request and show what it asks for") { file };
    info.SetAction(result => InfoActions.Show(result, context, common, MessageKind.ChecksumRequest, file, extents: null));
    root.Add(info);
    return root;
});
