using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Format;

return ToolRunner.Run("dtreq", args, context =>
{
    CommonOptions common = new();
    Option<string> remote = new("--remote") { Description = "The remote's checksum file (the old content); '-' is standard input", HelpName = "R.ckf", Required = true };
    Option<string> master = new("--master") { Description = "The master's checksum file (the new content); '-' is standard input", HelpName = "M.ckf", Required = true };
    Option<string?> label = Options.Label();
    Option<string?> output = Options.Output("FILE.dtr");
    Option<bool> force = Options.Force();
    RootCommand root = new("Compare two checksum files into a data request: the blocks that the remote needs");
    root.Add(remote);
    root.Add(master);
    root.Add(label);
    root.Add(output);
    root.Add(force);
    common.AddTo(root);
    root.SetAction(result => DataRequestActions.Create(result, context, common, remote, master, label, output, force));

    Argument<string> file = new("FILE.dtr") { Description = "A data request; '-' is standard input" };
    Option<bool> extents = Options.Extents();
    Command info = new("info", "Verify a data request and show what it asks for") { file, extents };
    info.SetAction(result => InfoActions.Show(result, context, common, MessageKind.DataRequest, file, extents));
    root.Add(info);

    Argument<string[]> requests = new("FILE.dtr") { Description = "The data requests of several remotes, compared with one checksum file of the master", Arity = ArgumentArity.OneOrMore };
    Option<string?> mergedLabel = Options.Label();
    Option<string?> mergedOutput = Options.Output("FILE.dtr", required: true);
    Option<bool> mergedForce = Options.Force();
    Command merge = new("merge", "Make one data request of those of several remotes: one data file then serves all of them") { requests, mergedLabel, mergedOutput, mergedForce };
    merge.SetAction(result => MergeActions.Merge(result, context, common, requests, mergedLabel, mergedOutput, mergedForce));
    root.Add(merge);
    return root;
});
