namespace BinarySync.Tools.Tests;

/// <summary>
/// What `info` shows of files that are not of the ordinary kind: refined, derived, merged, in parts; for people and for scripts.
/// </summary>
public sealed class InfoTests : Typed
{

    public InfoTests() => WriteSides();

    [Fact]
    public void Refined()
    {
        Quietly("ckfile remote.img -b 64K -o ra.ckf");
        Quietly("ckfile master.img -b 64K -o ma.ckf");
        Quietly("dtreq --no-copy --remote ra.ckf --master ma.ckf -o coarse.dtr");
        Quietly("ckreq --refine coarse.dtr -b 4K -o fine.ckr");
        Quietly("ckfile remote.img -r fine.ckr -o rb.ckf");
        Quietly("ckfile master.img -r fine.ckr -o mb.ckf");
        Quietly("dtreq --no-copy --remote rb.ckf --master mb.ckf -o fine.dtr");
        Quietly("dtfile master.img -r fine.dtr -o fine.dtf -c none");
        Show("ckreq info fine.ckr", "ckfile info rb.ckf --extents", "dtreq info fine.dtr --extents", "dtfile info fine.dtf");
        Verify();
    }

    [Fact]
    public void Derived()
    {
        Prepare();
        Quietly("dtfile apply update.dtf remote.img -q --update-ckf remote.img.ckf -o next.ckf");
        Show("ckfile info next.ckf");
        Verify();
    }

    [Fact]
    public void Merged()
    {
        Prepare();
        byte[] other = Work.Read("remote.img")[..(50 * Block)];
        Work.Write("other.img", other);
        Quietly("ckfile other.img");
        Quietly("dtreq --no-copy --remote other.img.ckf --master master.img.ckf -o other.dtr");
        Quietly("dtreq merge update.dtr other.dtr -o all.dtr --label both");
        Quietly("dtfile master.img -r all.dtr -c none");
        Show("dtreq info all.dtr --extents", "dtfile info all.dtf --extents");
        Type("env COLUMNS=80 dtreq info all.dtr --map");
        Verify();
    }

    [Fact]
    public void A_part_of_a_set()
    {
        Prepare();
        Quietly("dtfile master.img -r update.dtr -c none --split 16M");
        Show("dtfile info update.001.dtf --extents");
        Verify();
    }

    private void Prepare()
    {
        Quietly("ckfile remote.img");
        Quietly("ckfile master.img");
        Quietly("dtreq --no-copy --remote remote.img.ckf --master master.img.ckf -o update.dtr");
        Quietly("dtfile master.img -r update.dtr -c none");
    }

    // Each as people see it, and as scripts do.
    private void Show(params string[] commands)
    {
        foreach (string command in commands)
        {
            Type(command);
            Type($"{command} --json");
        }
    }
}
