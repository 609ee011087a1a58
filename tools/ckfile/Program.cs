using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;
using BinarySync.Format;

return ToolRunner.Run("ckfile", args, context =>
{
    CommonOptions common = new();
    RootCommand root = new ChecksumCommand(context, common).Declare();
    root.Add(new InfoCommand(context, common, MessageKind.ChecksumFile).Declare());
    root.Add(new CheckCommand(context, common).Declare());
    root.Add(new JoinCommand(context, common).Declare());
    return root;
});
