using System.CommandLine;
using BinarySync.Cli;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Commands;

return ToolRunner.Run("dtfile", args, context =>
{
    CommonOptions common = new();
    DataFileActions.CreateArguments create = new(
        new Argument<string>("MASTER") { Description = "The master's file or block device (write ./info or ./apply if its name is that of a command)" },
        new Option<string?>("--request", "-r") { Description = "The data request; '-' is standard input. This or --remote is required", HelpName = "FILE.dtr" },
        new Option<string?>("--remote") { Description = "The remote's checksum file, instead of a request: the master is read once and compared on the way", HelpName = "R.ckf" },
        OptionValues.Compress(),
        new Option<bool>("--no-repeats") { Description = "Send content each time it is needed, for programs that cannot go back in the data file" },
        OptionValues.Label(),
        OptionValues.Live(),
        OptionValues.Holes(),
        OptionValues.Output("FILE.dtf"),
        OptionValues.Force(),
        OptionValues.Split(),
        OptionValues.Part());
    RootCommand root = new("Collect the requested blocks of the master, or those that differ from the remote's, into a data file; or apply a data file to the remote's target");
    root.Add(create.Master);
    root.Add(create.Request);
    root.Add(create.Remote);
    root.Add(create.Compress);
    root.Add(create.NoRepeats);
    root.Add(create.Label);
    root.Add(create.Live);
    root.Add(create.Holes);
    root.Add(create.Split);
    root.Add(create.Part);
    root.Add(create.Output);
    root.Add(create.Force);
    root.Add(OutputMode.Option());
    common.Storage.AddTo(root);
    common.AddTo(root);
    root.SetAction(result => DataFileActions.Create(result, context, common, create));

    Argument<string[]> parts = new("FILE.dtf") { Description = "A data file, or several parts of a set; '-' is standard input", Arity = ArgumentArity.OneOrMore };
    Option<bool> extents = OptionValues.Extents();
    Command info = new("info", "Verify a data file and show what it holds, or which parts of a set are missing") { parts, extents };
    info.SetAction(result => SetInfoActions.Show(result, context, common, parts, extents));
    root.Add(info);

    ApplyActions.ApplyArguments apply = new(
        OptionValues.Files("FILE.dtf", "A data file, or several parts of a set; '-' is standard input"),
        OptionValues.LastFile("TARGET", "The remote's file or block device; it is patched in place"),
        new Option<string?>("--request") { Description = "This remote's own data request: only for a data file that was merged for several remotes", HelpName = "OWN.dtr" },
        new Option<string?>("--update-ckf") { Description = "The target's old checksum file: make the new one (-o) from it and the data file, without reading the target", HelpName = "OLD.ckf" },
        new Option<string?>("--output", "-o") { Description = "The new checksum file, with --update-ckf", HelpName = "NEW.ckf" },
        new Option<bool>("--force", "-f") { Description = "Replace an existing output of -o" },
        new Option<bool>("--dry-run", "-n") { Description = "Verify the data file, check the target's blocks, show what would be done, and change nothing" },
        new Option<bool>("--check-base") { Description = "Before writing, compare the whole target with the content that the request was made for" },
        OptionValues.Verify(),
        OptionValues.Sparse(),
        new Option<string?>("--undo") { Description = "First save the blocks to be overwritten into this data file; applying it takes the target back", HelpName = "FILE.dtf" },
        new Option<string?>("--repair") { Description = "If blocks do not read back as written, write a request for them", HelpName = "FILE.dtr" },
        new Option<string?>("--journal") { Description = "The directory for the journal while the target is patched [default: the target's directory, or the state directory for a device]", HelpName = "DIR" },
        new Option<bool>("--abandon-journal") { Description = "Give up the journal of an interrupted run, and check every block without it" },
        new Option<string?>("--spool") { Description = "The directory for a data file from a pipe until it has been verified [default: the target's directory, or the state directory for a device]", HelpName = "DIR" },
        new Option<bool>("--stream") { Description = "Apply the data file as it arrives, if a pipe cannot be spooled: the first blocks are written before the rest is verified" },
        new Option<bool>("--force-unrecognized") { Description = "Overwrite blocks that are neither as expected nor already new" },
        new Option<bool>("--allow-shrink") { Description = "Cut the target even if it loses more than half of its bytes" },
        OptionValues.Holes(),
        new Option<bool>("--overwrite-unreadable") { Description = "Overwrite blocks that cannot be read, if the data file contains them whole" },
        new Option<bool>("--unguarded") { Description = "Patch the target even if /proc or /sys cannot show its users; if they show one, the target is still refused" });
    Command applyCommand = new("apply", "Apply a data file to the target, in place")
    {
        apply.Files, apply.Target, apply.Request, apply.UpdateChecksums, apply.Output, apply.Force, OutputMode.Option(), apply.DryRun, apply.CheckBase, apply.Verify, apply.Sparse, apply.Undo, apply.Repair, apply.Journal, apply.AbandonJournal, apply.Spool, apply.Stream, apply.ForceUnrecognized, apply.AllowShrink, apply.Holes, apply.OverwriteUnreadable, apply.Unguarded,
    };
    OptionValues.RequireLast(applyCommand, apply.Files, apply.Target);
    common.Storage.AddTo(applyCommand);
    applyCommand.SetAction(result => ApplyActions.Apply(result, context, common, apply));
    root.Add(applyCommand);
    return root;
});
