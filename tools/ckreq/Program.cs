using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;
using BinarySync.Format;

return ToolRunner.Run("ckreq", args, context =>
{
    CommonOptions common = new();
    RootCommand root = new RequestCommand(context, common).Declare();
    root.Add(new InfoCommand(context, common, MessageKind.ChecksumRequest).Declare());
    return root;
});
