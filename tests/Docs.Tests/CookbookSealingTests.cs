using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests;

/// <summary>The recipe with age, with real keys.</summary>
public sealed class CookbookSealingTests : IDisposable
{
    private const string Sealed = "update.dtf.age";

    private readonly Recipe _recipe = new(7, new() { ["disk"] = "disk.img" });
    private readonly string _seal;
    private readonly string _open;

    public CookbookSealingTests()
    {
        _recipe.Succeed(
            "remote",
            "head -c 8M /dev/urandom > disk.img; cp disk.img before.img; cp disk.img ../master/; ckfile disk.img -o ../master/remote.ckf");
        _recipe.Succeed(
            "master",
            "head -c 2M /dev/urandom | dd of=$disk bs=1M seek=1 conv=notrunc status=none; ckfile $disk -o master.ckf; dtreq --remote "
                + "remote.ckf --master master.ckf -o update.dtr");
        _recipe.Next("remote");
        _recipe.Succeed("remote", "cp branch.pub ../master/");
        _seal = _recipe.Take("master");
        _open = _recipe.Take("remote");
        _recipe.Succeed("master", _seal + $"cp {Sealed} ../remote/");
    }

    public void Dispose() => _recipe.Dispose();

    [LinuxFact("age")]
    public void What_was_sealed_is_opened_and_applied()
    {
        _recipe.Succeed("remote", _open);
        _recipe.Equal("master/disk.img", "remote/disk.img");

        // As long as it is said to be.
        _recipe.Succeed("master", "dtfile $disk -r update.dtr -o plain.dtf");
        long plain = new FileInfo(_recipe["master/plain.dtf"]).Length;
        Assert.InRange(
            new FileInfo(_recipe[$"master/{Sealed}"]).Length, plain + (plain / 65536 * 16), plain + (plain / 65536 * 16) + 16 + 200);
    }

    [LinuxFact("age")]
    public void Another_key_opens_nothing()
    {
        _recipe.Succeed("remote", "age-keygen -o key.txt.new; mv key.txt.new key.txt");
        Refused();
    }

    [LinuxTheory("age")]
    [InlineData(150)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    [InlineData(-1)]
    public void What_was_tampered_with_is_refused_and_nothing_written(int position)
    {
        byte[] bytes = File.ReadAllBytes(_recipe[$"remote/{Sealed}"]);
        bytes[position < 0 ? bytes.Length + position : position] ^= 1;
        File.WriteAllBytes(_recipe[$"remote/{Sealed}"], bytes);
        Refused();
    }

    [LinuxTheory("age")]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(1_500_000)]
    public void What_was_cut_is_refused_and_nothing_written(int by)
    {
        using (FileStream file = File.OpenWrite(_recipe[$"remote/{Sealed}"]))
        {
            file.SetLength(file.Length - by);
        }

        Refused();
    }

    [LinuxFact("age")]
    public void What_dtfile_did_not_finish_is_sealed_and_refused()
    {
        _recipe.Succeed("master", "rm ../remote/update.dtf.age; printf other | dd of=$disk bs=1 seek=2M conv=notrunc status=none");
        (int exit, string output) = _recipe.Run("master", _seal);
        Assert.True(exit == 4, output);
        _recipe.Succeed("master", $"cp {Sealed} ../remote/");
        Refused();
    }

    [LinuxFact("age", "ssh-keygen")]
    public void One_file_for_many_and_a_signature()
    {
        // Three branches, of which each opens the same file.
        _recipe.Succeed("master", "mkdir recipients; cp branch.pub recipients/");
        foreach (string branch in new[] { "north", "south" })
        {
            _recipe.Succeed(
                "master",
                $"mkdir ../{branch}; age-keygen -o ../{branch}/key.txt; age-keygen -y ../{branch}/key.txt > recipients/{branch}.pub; cp "
                    + $"remote.ckf ../remote/before.img ../{branch}/");
        }

        _recipe.Next("master");
        foreach (string branch in new[] { "remote", "north", "south" })
        {
            _recipe.Succeed("master", $"cp ../remote/before.img ../{branch}/disk.img; cp everybody.dtf.age ../{branch}/{Sealed}");
            _recipe.Succeed(branch, _open);
            _recipe.Equal("master/disk.img", $"{branch}/disk.img");
        }

        // Signed.
        _recipe.Succeed("remote", "cp before.img disk.img");
        _recipe.Next("master");
        _recipe.Succeed("master", "cp master-key.pub ../remote/");
        _recipe.Next("remote");
        _recipe.Next("master");
        _recipe.Succeed("master", $"cp {Sealed} {Sealed}.sig ../remote/");
        string verified = _recipe.Take("remote");
        _recipe.End();

        // A genuine seal of somebody else is not opened; the master's is.
        _recipe.Succeed("master", "dtfile $disk -r update.dtr -q -o - | age -R branch.pub -o ../remote/update.dtf.age");
        (int exit, string output) = _recipe.Run("remote", verified);
        Assert.True(exit != 0, output);
        Assert.DoesNotContain("dtfile", output, StringComparison.Ordinal);
        _recipe.Equal("remote/before.img", "remote/disk.img");
        _recipe.Succeed("master", $"cp {Sealed} ../remote/");
        _recipe.Succeed("remote", verified);
        _recipe.Equal("master/disk.img", "remote/disk.img");
    }

    // Both ends of the pipe say so, and the target is untouched, with nothing beside it.
    private void Refused()
    {
        string before = _recipe.Succeed("remote", "ls");
        (int exit, string output) = _recipe.Run("remote", $"{_open.TrimEnd()} || echo ends ${{PIPESTATUS[*]}}");
        Assert.True(
            exit == 0 && (output.Contains("ends 1 3", StringComparison.Ordinal) || output.Contains("ends 0 3", StringComparison.Ordinal)),
            output);
        _recipe.Equal("remote/before.img", "remote/disk.img");
        Assert.Equal(before, _recipe.Succeed("remote", "ls"));
    }
}
