using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests;

/// <summary>The recipe with LVM and ssh, on loop devices and a server on this machine.</summary>
public sealed class CookbookRemoteTests : IDisposable
{
    private readonly Recipe _recipe = new(1, new()
    {
        ["group"] = "to be set",
        ["volume"] = "data",
        ["there"] = "root@branch.example",
        ["copy"] = "to be set",
        ["incoming"] = "{top}/remote",
    });

    private readonly VolumeGroup _group;
    private readonly LoopDevice _copy;
    private readonly OtherMachine _there;

    public CookbookRemoteTests()
    {
        _recipe.Succeed("master", "seq 1 4500000 > volume.img; truncate -s 32M volume.img; cp volume.img ../remote/copy.img");
        Change();
        _group = new VolumeGroup(_recipe, "master/volume.img");
        _copy = new LoopDevice(_recipe["remote/copy.img"]);
        _there = new OtherMachine(_recipe);
        _recipe.Set("group", _group.Name);
        _recipe.Set("copy", _copy.Path);
    }

    public void Dispose()
    {
        _there.Dispose();
        _copy.Dispose();
        _group.Dispose();
        _recipe.Dispose();
    }

    [RootFact("rsync")]
    public void A_volume_to_a_machine_that_ssh_reaches()
    {
        _recipe.Next("master");
        IsTheSnapshot();

        // By files.
        Change();
        _recipe.Next("master");
        Assert.False(_group.HasSnapshot);
        _recipe.Next("master");
        _recipe.End();
        IsTheSnapshot();
    }

    [RootFact("strace")]
    public void A_line_that_broke_is_typed_again()
    {
        string line = _recipe.Take("master");
        _recipe.KillOnce(_copy.Path, write: 3, "there-bin");
        (int exit, string output) = _recipe.Run("master", line);
        Assert.True(exit != 0, output);
        Assert.False(_group.HasSnapshot);
        Assert.False(IsEqual("snapshot.img"));
        Change();
        Assert.Contains("journal", _recipe.Succeed("master", line), StringComparison.Ordinal);
        IsTheSnapshot();
    }

    [RootFact("strace")]
    public void A_snapshot_that_is_full_leaves_the_remote_as_it_was()
    {
        _recipe.Succeed("remote", "cp copy.img before.img");
        _recipe.StandIn("dtfile", $"""exec strace -f -qq -o /dev/null -P /dev/{_group.Name}/data-sync -e trace=pread64 -e inject=pread64:error=EIO:when=5+ {Bash.Programs}dtfile "$@" """);
        (int exit, string output) = _recipe.Run("master", _recipe.Take("master"));
        Assert.True(exit != 0, output);
        Assert.Contains("nput/output error", output, StringComparison.Ordinal);
        Assert.False(_group.HasSnapshot);
        Assert.True(IsEqual("remote/before.img"));
    }

    private void Change() =>
        _recipe.Succeed("master", "head -c 12M /dev/urandom | dd of=volume.img bs=1M seek=1 conv=notrunc,fsync status=none");

    private bool IsEqual(string file) => _recipe.Run("remote", $"blockdev --flushbufs $copy; cmp $copy {_recipe[file]}").Exit == 0;

    private void IsTheSnapshot()
    {
        Assert.True(IsEqual("snapshot.img"));
        Assert.False(IsEqual("master/volume.img"));
        Assert.False(_group.HasSnapshot);
    }
}
