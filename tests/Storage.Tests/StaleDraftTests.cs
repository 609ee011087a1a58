using System.Globalization;
using BinarySync.Storage.Messages;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Tests;

/// <summary>What a process that was killed has left of an output under a hidden name.</summary>
public sealed class StaleDraftTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly int _dead = int.Parse(Command.Demand("sh", "-c", "echo $$"), CultureInfo.InvariantCulture);

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public void The_next_run_of_the_same_command_removes_it()
    {
        _directory.File($".a.partial-{_dead}", 5);
        _directory.File($".a.partial-{_dead}-12", 5);
        Make("a");
        Assert.Equal(["a"], _directory.Names);
    }

    [LinuxFact]
    public void That_of_the_longest_name_too()
    {
        string name = new('n', 255);
        _directory.File($".binarysync.partial-{_dead}", 5);
        Make(name);
        Assert.Equal([name], _directory.Names);
    }

    [LinuxFact]
    public void What_may_be_in_use_or_is_no_draft_of_this_output_stays()
    {
        string[] others = [$".b.partial-{_dead}", $".a.partial-{_dead}x", ".a.partial-", ".a.partial-1", $"a.partial-{_dead}"];
        Array.ForEach(others, name => _directory.File(name, 5));
        File.CreateSymbolicLink(_directory[$".a.partial-{_dead}-1"], others[0]);
        Command.Demand("mkfifo", _directory[$".a.partial-{_dead}-2"]);
        Directory.CreateDirectory(_directory[$".a.partial-{_dead}-3"]);
        string[] before = [.. _directory.Names];

        Make("a");
        Assert.Equal(before.Append("a").ToHashSet(), _directory.Names.ToHashSet());
    }

    [LinuxFact]
    public void What_a_process_holds_stays()
    {
        string held = _directory.File($".a.partial-{_dead}", 5);
        Assert.Equal(0, Posix.TryOpen(held, OpenFlags.ReadWrite, out SafeFileHandle? file));
        using (file)
        {
            Assert.True(Posix.TryHold(file!));
            Make("a");
            Assert.True(File.Exists(held));
        }

        Make("a");
        Assert.False(File.Exists(held));
    }

    [RootFact]
    public void What_is_somebody_elses_stays()
    {
        string others = _directory.File($".a.partial-{_dead}", 5);
        Command.Demand("chown", "65534", others);
        Make("a");
        Assert.True(File.Exists(others));
    }

    private void Make(string name)
    {
        using OutputFile output = OutputFile.Create(_directory[name], replace: true);
        output.Commit();
    }
}
