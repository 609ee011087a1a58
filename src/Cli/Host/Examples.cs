namespace BinarySync.Cli.Host;

/// <summary>The examples that `--help` shows for each command.</summary>
internal static class Examples
{
    /// <summary>Lines to type, each with its meaning.</summary>
    /// <param name="tool">The program.</param>
    /// <param name="command">The subcommand; empty for the program itself.</param>
    public static IReadOnlyList<(string Line, string Meaning)> Of(string tool, string command) => (tool, command) switch
    {
        ("ckreq", "") =>
        [
            ("ckreq -b 64K -a blake3 -o request.ckr", "a request for blocks of 64 KiB, hashed with BLAKE3"),
            ("ckreq --refine coarse.dtr -b 4K -o fine.ckr", "ask again, with small blocks, for what a coarse request found"),
        ],
        ("ckfile", "") =>
        [
            ("ckfile /dev/vg/data -o remote.ckf", "on the remote: the checksum file of a logical volume"),
            ("ckfile disk.img -b 64K", "disk.img.ckf, a sixteenth as large as with blocks of 4 KiB"),
        ],
        ("ckfile", "check") => [("ckfile check disk.img master.ckf", "is disk.img what the master had?")],
        ("ckfile", "join") =>
            [("ckfile join part-1.ckf part-2.ckf -o disk.ckf", "one checksum file of two that cover the target together")],
        ("dtreq", "") => [("dtreq --remote remote.ckf --master master.ckf -o update.dtr", "what the remote needs")],
        ("dtreq", "merge") => [("dtreq merge berlin.dtr oslo.dtr -o all.dtr", "one request for two remotes")],
        ("dtfile", "") =>
        [
            ("dtfile disk.img --remote remote.ckf -o update.dtf", "on the master: what differs from the remote, in one pass"),
            ("dtfile disk.img -r update.dtr -o update.dtf", "the blocks that a data request asks for"),
            ("dtfile disk.img -r update.dtr --split fat32", "parts that fit on FAT32 sticks"),
        ],
        ("dtfile", "apply") =>
        [
            ("dtfile apply update.dtf disk.img -n", "look first: nothing is changed"),
            ("dtfile apply update.dtf disk.img --verify full", "patch the target, and compare all of it with the master"),
            ("dtfile apply update.dtf disk.img --undo back.dtf", "keep what is overwritten: applying back.dtf takes it back"),
        ],
        ("dtfile", "info") => [("dtfile info update.dtf", "verify it, and show what it holds")],
        _ => [],
    };
}
