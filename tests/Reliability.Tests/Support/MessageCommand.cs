namespace BinarySync.Reliability.Tests.Support;

/// <summary>A command that makes a message file, and the file it makes.</summary>
public sealed record MessageCommand(string Line, string Output, string Made)
{
    private const int BlockSize = 512;

    /// <summary>
    /// One of each program, and of each way to make a file. Requests, checksum files and data files are longer than a write buffer.
    /// </summary>
    public static TheoryData<string> Names => ["ckreq", "ckfile", "ckfile join", "dtreq", "dtfile", "dtfile --remote", "dtfile -f"];

    /// <summary>The same, less what is over at once and what differs in its last step only.</summary>
    public static TheoryData<string> Longer => ["ckfile", "ckfile join", "dtreq", "dtfile", "dtfile --remote", "dtfile --shift"];

    /// <summary>Lays out what they read, and what they must make.</summary>
    public static MessageCommand Prepare(Workspace work, string name)
    {
        byte[] a = Content.Make(1_500_000);
        work.Prepare(a, Content.Later(a, 1_600_100, BlockSize), $"-b {BlockSize}");
        MessageCommand command = name switch
        {
            "ckreq" => new("ckreq -b 512 -o x", "x", "x"),
            "ckfile" => new("ckfile a -b 512 -o x", "x", "a.ckf"),
            "ckfile join" => new("ckfile join upper.ckf lower.ckf -o x", "x", "a.ckf"),
            "dtfile --remote" => new("dtfile b --remote a.ckf -o x", "x", "all.dtf"),
            "dtfile --shift" => new("dtfile b --remote sums.ckf --shift -o x", "x", "moved.dtf"),
            "dtreq" => new("dtreq --remote a.ckf --master b.ckf -o x", "x", "p.dtr"),
            "dtfile" => new("dtfile b -r p.dtr -o x", "x", "p.dtf"),
            _ => new("dtfile b -r p.dtr -o x -f", "x", "p.dtf"),
        };
        if (name == "ckfile join")
        {
            work.Line("ckfile a -b 512 --range 0-1500 -o lower.ckf").Succeeds();
            work.Line("ckfile a -b 512 --range 1400- -o upper.ckf").Succeeds();
        }

        if (name == "dtfile --remote")
        {
            // One pass copies nothing.
            work.Line("dtreq --no-copy --remote a.ckf --master b.ckf -o all.dtr").Succeeds();
            work.Line("dtfile b -r all.dtr -o all.dtf").Succeeds();
        }

        if (name == "dtfile --shift")
        {
            work.Line("ckfile a -b 512 --shift -o sums.ckf").Succeeds();
            work.Write("b", [.. Content.Make(77, 3), .. work.Read("b")]);
            work.Line("dtfile b --remote sums.ckf --shift -o moved.dtf").Succeeds();
        }

        if (name == "ckreq")
        {
            work.Line(command.Line).Succeeds();
            File.Move(work["x"], work["made"]);
            command = command with { Made = "made" };
        }

        if (command.Replaces)
        {
            command.PutOld(work);
        }

        return command;
    }

    /// <summary>True where there is an older file, to be replaced by a complete one or not at all.</summary>
    public bool Replaces => Line.EndsWith(" -f", StringComparison.Ordinal);

    /// <summary>
    /// What stands under the output's name: nothing (or, where it is to be replaced, the older file), or the complete file. Anything else
    /// fails the test.
    /// </summary>
    /// <returns>True where it is complete.</returns>
    public bool IsComplete(Workspace work)
    {
        byte[]? content = File.Exists(work[Output]) ? work.Read(Output) : null;
        if (Replaces ? content is not null && content.AsSpan().SequenceEqual(Old) : content is null)
        {
            return false;
        }

        Assert.NotNull(content);
        Assert.True(content.AsSpan().SequenceEqual(work.Read(Made)), $"{Output} is neither complete nor absent");
        return true;
    }

    /// <summary>As before the first run; what killed runs have left is left.</summary>
    public void Reset(Workspace work)
    {
        if (Replaces)
        {
            PutOld(work);
        }
        else
        {
            File.Delete(work[Output]);
        }
    }

    /// <summary>The calls that a run makes, the same ones each time; and it works.</summary>
    public IReadOnlyList<string> Calls(Workspace work, FaultInjector faults, string calls)
    {
        Reset(work);
        FaultedRun run = faults.Run(Line, Fault.None(calls));
        run.Result.Succeeds();
        Assert.True(IsComplete(work));
        return run.Calls;
    }

    /// <summary>
    /// The same command again, without a fault: refused only where the complete output is there already, and then done with -f.
    /// </summary>
    public void RunAgain(Workspace work)
    {
        bool complete = IsComplete(work);
        if (complete && !Replaces)
        {
            work.Line(Line).Fails(2, $"{Output}: exists already");
            work.Line(Line + " -f").Succeeds();
        }
        else
        {
            work.Line(Line).Succeeds();
        }

        Assert.True(IsComplete(work));
        work.Holds(Output, work.Read(Made));
    }

    private static ReadOnlySpan<byte> Old => "an older file"u8;

    private void PutOld(Workspace work) => work.Write(Output, Old);
}
