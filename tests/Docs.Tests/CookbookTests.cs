using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests;

/// <summary>The recipes of docs/Cookbook.md that need no more than files, and what they promise beside their blocks.</summary>
public class CookbookTests
{
    // Of 24 MiB, 18 are written anew with what cannot be compressed, and 100 blocks wiped: enough for more than one part.
    private const string Make = "head -c 24M /dev/urandom > disk.img; cp disk.img ../master/disk.img";
    private const string Change = """
        head -c 18M /dev/urandom | dd of=disk.img bs=1M seek=2 conv=notrunc status=none
        dd if=/dev/zero of=disk.img bs=4K seek=5500 count=100 conv=notrunc status=none
        """;

    [LinuxFact]
    public void Two_sites_and_a_disk()
    {
        using Recipe recipe = new(2, new() { ["disk"] = "disk.img", ["stick"] = "{top}/stick" });
        Directory.CreateDirectory(recipe["stick"]);
        recipe.Succeed("remote", Make);
        recipe.Succeed("master", Change);
        recipe.Next("remote");
        recipe.Next("master");
        recipe.Next("remote");
        recipe.Equal("master/disk.img", "remote/disk.img");

        // One way: in several parts, then in one; the others must not be left on the stick.
        string master = recipe.Take("master");
        string remote = recipe.Take("remote");
        recipe.End();
        Assert.Contains("--split fat32", master, StringComparison.Ordinal);
        foreach ((string split, int fewest, int most) in new[] { ("16M", 2, 4), ("fat32", 1, 1) })
        {
            recipe.Succeed("master", Change);
            recipe.Succeed("master", master.Replace("--split fat32", $"--split {split}", StringComparison.Ordinal));
            Assert.InRange(Directory.GetFiles(recipe["stick"], "update.*.dtf").Length, fewest, most);
            recipe.Succeed("remote", remote);
            recipe.Equal("master/disk.img", "remote/disk.img");
        }

        // A stick is lost: the next one is refused.
        recipe.Succeed("remote", "cp disk.img before.img");
        recipe.Succeed("master", Change + "\n" + master);
        recipe.Succeed("master", Change + "\n" + master);
        recipe.Fail(4, "nothing was written", "remote", remote);
        recipe.Equal("remote/before.img", "remote/disk.img");

        // So is one whose remote was written to elsewhere, if all of it is looked at.
        recipe.Succeed("remote", "cp ../master/disk.img disk.img; printf x | dd of=disk.img bs=1 seek=23M conv=notrunc status=none");
        recipe.Succeed("master", Change + "\n" + master);
        recipe.Fail(4, "", "remote", remote.Replace("--verify full", "--check-base", StringComparison.Ordinal));
    }

    [LinuxFact]
    public void One_image_to_ten_branches()
    {
        using Recipe recipe = new(3, new() { ["image"] = "pos.img", ["branch"] = "here" });
        recipe.Succeed("master", "seq 1 400000 > pos.img; mkdir branches");
        string checksum = recipe.Take("remote");
        string[] branches = [.. Enumerable.Range(1, 10).Select(number => $"branch-{number}")];
        foreach ((int age, string branch) in branches.Index())
        {
            // Each is older than the one before: more of it differs, and it is shorter. The first is up to date.
            Directory.CreateDirectory(recipe[branch]);
            recipe.Set("branch", branch);
            recipe.Succeed(
                branch,
                $"cp ../master/pos.img pos.img; for ((i = 0; i < {age}; i++)); do printf old | dd of=pos.img bs=1 seek=$((i * 200000)) "
                    + "conv=notrunc status=none; done");
            recipe.Succeed(branch, $"truncate -s -{age * 5000} pos.img");
            recipe.Succeed(branch, checksum + "cp $branch.ckf ../master/branches/");
        }

        recipe.Next("master");
        string apply = recipe.Take("remote");
        recipe.End();
        recipe.Set("branch", "branch-3");
        recipe.Succeed("branch-9", "cp ../master/branches/branch-3.dtr ../master/all.dtf .");
        recipe.Fail(4, "", "branch-9", apply);
        recipe.Fail(2, "", "branch-9", "dtfile apply all.dtf $image");
        foreach (string branch in branches)
        {
            recipe.Set("branch", branch);
            recipe.Succeed(branch, "cp ../master/branches/$branch.dtr ../master/all.dtf .");
            recipe.Succeed(branch, apply);
            recipe.Equal("master/pos.img", $"{branch}/pos.img");
        }

        // Next time master.ckf stands for all of them.
        recipe.Succeed(
            "master",
            "cp pos.img new.img; printf new | dd of=new.img bs=1 seek=700000 conv=notrunc status=none; dtfile new.img --remote master.ckf "
                + "-o new.dtf");
        foreach (string branch in branches)
        {
            recipe.Succeed(branch, "dtfile apply ../master/new.dtf $image --verify full");
            recipe.Equal("master/new.img", $"{branch}/pos.img");
        }
    }

    [LinuxFact("strace")]
    public void A_sync_that_was_interrupted()
    {
        using Recipe recipe = new(5, new() { ["disk"] = "disk.img" });
        recipe.Succeed("remote", Make);
        recipe.Succeed("master", Change);
        recipe.Succeed("remote", "ckfile $disk -o ../master/remote.ckf");
        recipe.Succeed("master", "dtfile $disk --remote remote.ckf -o update.dtf; cp update.dtf ../remote/");
        recipe.Succeed("remote", "cp disk.img before.img");

        // Killed in the middle, and typed again.
        string apply = recipe.Take("remote");
        Kill(recipe, apply);
        recipe.Succeed("remote", apply);
        recipe.Equal("master/disk.img", "remote/disk.img");
        Assert.False(File.Exists(recipe["remote/disk.img.binarysync-journal"]));

        // From a pipe: the whole pipe again.
        recipe.Succeed("remote", "cp before.img disk.img");
        string pipe = apply.Replace("apply update.dtf", "apply -", StringComparison.Ordinal).Insert(0, "cat ../master/update.dtf | ");
        Kill(recipe, pipe);
        recipe.Succeed("remote", pipe);
        recipe.Equal("master/disk.img", "remote/disk.img");

        // Killed, and the data file lost; the master has changed since, so a new round.
        recipe.Succeed("remote", "cp before.img disk.img");
        Kill(recipe, apply);
        recipe.Succeed("remote", "rm update.dtf");
        recipe.Succeed("master", "rm remote.ckf\n" + Change);
        recipe.Next("remote");
        recipe.Succeed("remote", "cp remote.ckf ../master/");
        recipe.Next("master");
        recipe.Succeed("master", "cp update.dtf ../remote/");
        Assert.Contains("journal", recipe.Next("remote"), StringComparison.Ordinal);
        recipe.Equal("master/disk.img", "remote/disk.img");
        Assert.False(File.Exists(recipe["remote/disk.img.binarysync-journal"]));
        recipe.End();

        // A file that was carried by half says so.
        recipe.Succeed("master", "head -c 1M update.dtf > half.dtf");
        recipe.Fail(3, "ends too early", "master", "dtfile info half.dtf");
    }

    [LinuxFact]
    public void Going_back()
    {
        using Recipe recipe = new(6, new() { ["disk"] = "disk.img", ["safe"] = "{top}/undo" });
        Directory.CreateDirectory(recipe["undo"]);
        recipe.Succeed("remote", Make);
        recipe.Succeed("remote", "cp disk.img sunday.img; ckfile $disk -o ../master/sunday.ckf");
        recipe.Succeed("master", $"{Change}\nckfile $disk -o monday.ckf; dtfile $disk --remote sunday.ckf -o ../remote/monday.dtf");
        recipe.Succeed("master", $"{Change}\ndtfile $disk --remote monday.ckf -o ../remote/tuesday.dtf");
        recipe.Next("remote");
        recipe.Equal("master/disk.img", "remote/disk.img");
        recipe.Fail(4, "nothing was written", "remote", "dtfile apply $safe/monday-undo.dtf $disk");
        recipe.Equal("master/disk.img", "remote/disk.img");
        recipe.Next("remote");
        recipe.Equal("remote/sunday.img", "remote/disk.img");
        recipe.End();

        // Two changes that have nothing in common: the order is seen only if all is looked at.
        recipe.Succeed("remote", """
            cp disk.img one.img; printf 1 | dd of=one.img bs=1 seek=1M conv=notrunc status=none
            cp one.img two.img; printf 2 | dd of=two.img bs=1 seek=9M conv=notrunc status=none
            ckfile disk.img -q -f; ckfile one.img -q
            dtfile one.img --remote disk.img.ckf -o one.dtf; dtfile two.img --remote one.img.ckf -o two.dtf
            dtfile apply one.dtf $disk --undo one-undo.dtf; dtfile apply two.dtf $disk --undo two-undo.dtf
            """);
        recipe.Fail(4, "", "remote", "dtfile apply one-undo.dtf $disk --check-base");
        recipe.Succeed("remote", "cmp two.img disk.img; dtfile apply one-undo.dtf $disk");
    }

    [LinuxFact]
    public void At_each_exit_code()
    {
        using Recipe recipe = new(8, new() { ["disk"] = "disk.img" });
        recipe.Succeed("remote", Make);
        recipe.Succeed("master", Change);
        recipe.Succeed("remote", "ckfile $disk -o ../master/remote.ckf; cp disk.img before.img");
        recipe.Succeed("master", "dtfile $disk --remote remote.ckf -o update.dtf");
        string loop = recipe.Take("remote");
        recipe.End();
        string fetch = "cp /media/usb/update.dtf";
        Assert.Contains(fetch, loop, StringComparison.Ordinal);
        loop = loop.Replace(fetch, "cp ../master/update.dtf", StringComparison.Ordinal);
        recipe.StandIn("sleep", "echo slept");

        // A file that came by half is fetched again.
        recipe.Succeed("remote", "head -c 1M ../master/update.dtf > update.dtf");
        Assert.Contains("slept", recipe.Succeed("remote", loop), StringComparison.Ordinal);
        recipe.Equal("master/disk.img", "remote/disk.img");

        // What stands in the way for a while: a lock, a disk without room, a shutdown, said by a stand-in, and then gone.
        foreach (int code in new[] { 5, 6, 130, 143 })
        {
            recipe.Succeed("remote", "cp before.img disk.img");
            recipe.StandIn("dtfile", $"rm -- \"$0\"; exit {code}");
            Assert.Contains("slept", recipe.Succeed("remote", loop), StringComparison.Ordinal);
            recipe.Equal("master/disk.img", "remote/disk.img");
        }

        // What never goes: four times a wait, and no more.
        recipe.StandIn("dtfile", "exit 5");
        (int exit, string output) = recipe.Run("remote", loop);
        Assert.Equal((5, 4), (exit, output.Split("slept").Length - 1));

        // What somebody has to look at is not tried again.
        recipe.StandDown("dtfile");
        recipe.Succeed("remote", "seq 1 4000000 > disk.img");
        (exit, output) = recipe.Run("remote", loop);
        Assert.Equal(4, exit);
        Assert.DoesNotContain("slept", output, StringComparison.Ordinal);
    }

    private static void Kill(Recipe recipe, string apply)
    {
        recipe.KillOnce("disk.img", write: 5);
        recipe.Fail(137, "", "remote", apply);
        Assert.True(File.Exists(recipe["remote/disk.img.binarysync-journal"]));
    }
}
