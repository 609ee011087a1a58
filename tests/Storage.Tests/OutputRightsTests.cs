using BinarySync.Storage.Messages;
using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

/// <summary>Who may read an output.</summary>
public sealed class OutputRightsTests : IDisposable
{
    private const string Somebody = "65534";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxTheory]
    [InlineData("600", "600")]
    [InlineData("640", "640")]
    [InlineData("666", "644")] // the umask
    [InlineData("755", "644")]
    [InlineData("400", "400")]
    [InlineData("604", "604")]
    public void An_output_is_no_wider_than_what_it_is_made_from(string source, string output)
    {
        Assert.Equal(output, ModeOfOutput(Source("source", source)));
    }

    [LinuxFact]
    public void Of_several_sources_the_narrowest_counts_and_one_that_is_not_there_does_not() =>
        Assert.Equal("400", ModeOfOutput(Source("one", "640"), Source("two", "444"), Source("three", "604"), _directory["none"]));

    [RootFact]
    public void What_is_made_from_a_device_is_its_owners_only()
    {
        using LoopDevice device = new(_directory.Sparse("image", 1 << 20));
        Command.Demand("chmod", "666", device.Path);
        Assert.Equal("600", ModeOfOutput(device.Path, Source("request", "644")));
    }

    [LinuxFact]
    public void A_pipe_says_nothing_and_nothing_but_a_pipe_leaves_all_to_the_owner()
    {
        Command.Demand("mkfifo", "-m", "644", _directory["pipe"]);
        Assert.Equal("640", ModeOfOutput(_directory["pipe"], Source("source", "640")));
        Assert.Equal("600", ModeOfOutput(_directory["pipe"]));
    }

    [RootFact]
    public void The_members_of_another_group_are_others()
    {
        string source = Source("source", "640");
        Command.Demand("chgrp", Somebody, source);
        Assert.Equal("600", ModeOfOutput(source));
        Command.Demand("chmod", "644", source);
        Assert.Equal("644", ModeOfOutput(source));
    }

    [LinuxFact("setfacl")]
    public void What_an_access_control_list_gives_to_one_is_not_given_to_the_group()
    {
        string source = Source("source", "600");
        Command.Demand("setfacl", "-m", $"u:{Somebody}:r", source);
        Assert.Equal("600", ModeOfOutput(source));

        // Nor does the directory's list of defaults widen anything.
        string plain = Source("plain", "640");
        Command.Demand("setfacl", "-d", "-m", $"u:{Somebody}:rw", _directory.Path);
        Assert.Equal("600", ModeOfOutput(plain));
    }

    [LinuxTheory]
    [InlineData("600")]
    [InlineData("664")]
    [InlineData("400")]
    public void What_is_replaced_keeps_its_permissions(string mode)
    {
        Source("output", mode);
        Assert.Equal(mode, ModeOfOutput(Source("source", "640")));
    }

    [RootFact]
    public void But_not_those_of_a_file_that_somebody_else_has_put_there()
    {
        Command.Demand("chown", Somebody, Source("output", "666"));
        Assert.Equal("640", ModeOfOutput(Source("source", "640")));
    }

    [LinuxFact]
    public void A_mode_that_was_asked_for_is_given_whatever_the_source_the_umask_and_what_was_there()
    {
        Source("output", "600");
        using (
            OutputFile output = OutputFile.Create(
                _directory["output"], replace: true, OutputRights.Of([Source("source", "600")], mode: Convert.ToInt32("666", 8))))
        {
            output.Commit();
        }

        Assert.Equal("666", ModeOf("output"));
    }

    [LinuxFact]
    public void An_undo_file_is_never_written_by_others()
    {
        using (
            MessageOutput output = new UndoPlace(
                _directory["undo"], OutputRights.Of([Source("target", "666")], mode: Convert.ToInt32("666", 8))).Create())
        {
            output.Commit();
        }

        Assert.Equal("644", ModeOf("undo"));
        using Stream found = new UndoPlace(_directory["undo"]).OpenExisting(CancellationToken.None)!;
    }

    [LinuxTheory("strace")]
    [InlineData("")]
    [InlineData("-e inject=openat:error=EOPNOTSUPP:when=1")]
    public void A_draft_is_its_owners_only_until_it_is_complete(string fault)
    {
        using TemporaryDirectory trace = new();
        string hidden = $"'{_directory.Path}'/.a.partial-$$";
        Probe.Shell(
            $"exec strace -D -f -o '{trace["trace"]}' -P '{_directory.Path}' -P '{_directory["a"]}' -P {hidden} -e "
                + $"trace=openat,fchmod,write,linkat,renameat2 {fault} {Probe.CommandLine} output '{_directory["a"]}'");
        string[] calls = File.ReadAllLines(trace["trace"]);
        Assert.All(
            calls.Where(call => call.Contains("O_TMPFILE", StringComparison.Ordinal) || call.Contains("O_CREAT", StringComparison.Ordinal)),
            call => Assert.Contains(" 0600", call, StringComparison.Ordinal));
        Assert.Equal("644", ModeOf("a"));
    }

    private string Source(string name, string mode)
    {
        string path = _directory.File(name, 5);
        Command.Demand("chmod", mode, path);
        return path;
    }

    private string ModeOfOutput(params string[] sources)
    {
        using (OutputFile output = OutputFile.Create(_directory["output"], replace: true, OutputRights.Of(sources)))
        {
            Assert.Equal(0, Directory.GetFiles(_directory.Path).Count(path => path.Contains("partial", StringComparison.Ordinal)));
            output.Stream.WriteByte(1);
            output.Commit();
        }

        string mode = ModeOf("output");
        File.Delete(_directory["output"]);
        return mode;
    }

    private string ModeOf(string name) => Command.Demand("stat", "-c", "%a", _directory[name]);
}
