using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;
using BinarySync.Cli.Maps;
using BinarySync.Format;

return ToolRunner.Run("dtreq", args, context =>
{
    CommonOptions common = new();
    DataRequestActions.CreateArguments create = new(
        new Option<string>("--remote") { Description = "The remote's checksum file (the old content); '-' is standard input", HelpName = "R.ckf", Required = true },
        new Option<string>("--master") { Description = "The master's checksum file (the new content); '-' is standard input", HelpName = "M.ckf", Required = true },
        new Option<bool>("--no-copy") { Description = "Do not look for content that the remote has elsewhere; send everything that differs" },
        OptionValues.Label(),
        OptionValues.Output("FILE.dtr"),
        OptionValues.Force());
    RootCommand root = new("Compare two checksum files and write a data request: the blocks that the remote needs");
    root.Add(create.Remote);
    root.Add(create.Master);
    root.Add(create.NoCopy);
    root.Add(create.Label);
    root.Add(create.Output);
    root.Add(create.Force);
    root.Add(OutputMode.Option());
    common.AddTo(root);
    root.SetAction(result => DataRequestActions.Create(result, context, common, create));

    Argument<string> file = new("FILE.dtr") { Description = "A data request; '-' is standard input" };
    Option<bool> extents = OptionValues.Extents();
    Command info = new("info", "Verify a data request and show what it asks for") { file, extents };
    MapOptions maps = new();
    maps.AddTo(info);
    info.SetAction(result => InfoActions.Show(result, context, common, MessageKind.DataRequest, file, extents, maps));
    root.Add(info);

    Argument<string[]> requests = new("FILE.dtr") { Description = "Data requests of several remotes, all made with the same checksum file of the master", Arity = ArgumentArity.OneOrMore };
    Option<string?> mergedLabel = OptionValues.Label();
    Option<string?> mergedOutput = OptionValues.Output("FILE.dtr", required: true);
    Option<bool> mergedForce = OptionValues.Force();
    Command merge = new("merge", "Merge the data requests of several remotes into one: one data file then serves all of them") { requests, mergedLabel, mergedOutput, mergedForce, OutputMode.Option() };
    merge.SetAction(result => MergeActions.Merge(result, context, common, requests, mergedLabel, mergedOutput, mergedForce));
    root.Add(merge);
    return root;
});
