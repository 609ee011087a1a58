using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests;

/// <summary>The recipe with systemd: its units as systemd reads them, and the commands in them as they run.</summary>
public sealed class CookbookBackupTests : IDisposable
{
    private const string Units = "/usr/lib/systemd/system";

    private static readonly string[] UnitFiles = ["check-backup.service", "check-backup-failed.service", "check-backup.timer"];

    private readonly Recipe _recipe = new(4, new() { ["backup"] = "{top}/backup", ["disk"] = "disk.img" });

    public void Dispose() => _recipe.Dispose();

    [LinuxFact("systemd-analyze")]
    public void Systemd_reads_the_units()
    {
        _recipe.Take("remote");
        Install();
        _recipe.Succeed(
            "remote",
            $"mkdir -p ../root/usr/bin ../root/{Units}; cp -r {Units}/*.target {Units}/*.slice {Units}/*.mount {Units}/*.socket "
                + $"{Units}/systemd-journald*.service ../root/{Units}/; cp $(type -P logger true) ../root/usr/bin/; cp "
                + "../root/usr/bin/true ../root/usr/bin/ckfile");
        Assert.Equal("", _recipe.Succeed("remote", Verify));
        Assert.Contains(
            "Next elapse",
            _recipe.Succeed("remote", $"systemd-analyze calendar {Setting("check-backup.timer", "OnCalendar")}"),
            StringComparison.Ordinal);

        // It would have said something.
        File.AppendAllText(UnitPath("check-backup.timer"), "OnCalender=monthly\n");
        Assert.Contains("OnCalender", _recipe.Run("remote", Verify).Output, StringComparison.Ordinal);
        File.Delete(_recipe["root/usr/bin/ckfile"]);
        Assert.NotEqual(0, _recipe.Run("remote", Verify).Exit);
    }

    [LinuxFact]
    public void A_backup_is_checked_refreshed_and_mended()
    {
        Directory.CreateDirectory(_recipe["backup"]);
        _recipe.Succeed("remote", "seq 1 500000 > $backup/disk.img; cp $backup/disk.img ../master/");
        _recipe.Next("remote");
        Install();
        Check(0, "equal");

        // A sync, after which the old checksum file is wrong and the new one right.
        _recipe.Succeed(
            "master",
            "cp $backup/disk.ckf last.ckf; printf new | dd of=$disk bs=1 seek=1M conv=notrunc status=none; dtfile $disk --remote last.ckf "
                + "-o ../remote/update.dtf");
        _recipe.Next("remote");
        Check(0, "equal");

        // The disk rots.
        _recipe.Succeed("remote", "printf rot | dd of=$backup/disk.img bs=1 seek=2M conv=notrunc status=none");
        Check(1, "512");

        // It did so before, and what was made then is still there.
        _recipe.Succeed("remote", "touch damaged.ckf mend.dtr");
        _recipe.Succeed("master", "touch mend.dtf");
        _recipe.Next("remote");
        _recipe.Succeed("remote", "cp mend.dtr ../master/");
        Assert.Contains("1 block", _recipe.Next("master"), StringComparison.Ordinal);
        _recipe.Succeed("master", "cp mend.dtf ../remote/");
        _recipe.Next("remote");
        Check(0, "equal");
        _recipe.End();

        // Not checked: the checksum file is damaged, the disk is not there.
        _recipe.Succeed("remote", "printf rot | dd of=$backup/disk.ckf bs=1 seek=1000 conv=notrunc status=none");
        Check(3, "damaged");
        _recipe.Succeed("remote", "rm $backup/disk.img");
        Check(2, "disk.img");
    }

    private string Verify => $"systemd-analyze verify --man=no --root={_recipe["root"]} {string.Join(' ', UnitFiles)}";

    // Each unit is where its first line says, below another root.
    private void Install()
    {
        Directory.CreateDirectory(_recipe["root/etc/systemd/system"]);
        foreach (string unit in UnitFiles)
        {
            string text = _recipe.Take(unit);
            Assert.StartsWith($"# /etc/systemd/system/{unit}\n", text, StringComparison.Ordinal);
            File.WriteAllText(UnitPath(unit), text);
        }
    }

    private string UnitPath(string unit) => _recipe[$"root/etc/systemd/system/{unit}"];

    private string Setting(string unit, string key) =>
        File.ReadLines(UnitPath(unit)).Single(line => line.StartsWith(key + "=", StringComparison.Ordinal))[(key.Length + 1)..];

    // What the service does, and where it fails what the handler then says.
    private void Check(int expected, string words)
    {
        string command = Setting("check-backup.service", "ExecStart").Replace(
            "/usr/bin/ckfile", "ckfile", StringComparison.Ordinal).Replace(
            "/srv/backup", "$backup", StringComparison.Ordinal);
        (int exit, string output) = _recipe.Run("remote", command);
        Assert.True(exit == expected && output.Contains(words, StringComparison.Ordinal), $"{command}\n{output}exit {exit}");
        if (exit != 0)
        {
            Assert.Equal("check-backup-failed.service", Setting("check-backup.service", "OnFailure"));
            string handler = Setting("check-backup-failed.service", "ExecStart").Replace(
                "/usr/bin/logger", "echo", StringComparison.Ordinal);
            Assert.Contains(
                $"ended with {exit};", _recipe.Succeed("remote", $"MONITOR_EXIT_STATUS={exit}; {handler}"), StringComparison.Ordinal);
        }
    }
}
