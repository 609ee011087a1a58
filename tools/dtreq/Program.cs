using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;
using BinarySync.Format;

return ToolRunner.Run("dtreq", args, context =>
{
    CommonOptions common = new();
    RootCommand root = new DataRequestCommand(context, common).Declare();
    root.Add(new InfoCommand(context, common, MessageKind.DataRequest).Declare());
    root.Add(new MergeCommand(context, common).Declare());
    return root;
});
