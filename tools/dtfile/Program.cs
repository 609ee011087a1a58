using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;

return ToolRunner.Run("dtfile", args, context =>
{
    CommonOptions common = new();
    RootCommand root = new DataFileCommand(context, common).Declare();
    root.Add(new SetInfoCommand(context, common).Declare());
    root.Add(new ApplyCommand(context, common).Declare());
    return root;
});
