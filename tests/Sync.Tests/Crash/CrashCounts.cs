using System.Text;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>How a run came to its end.</summary>
internal enum CrashFault
{
    Kill,
    PowerCut,
    FlushFailure,
    CallFailure,
}

/// <summary>What the run that crashed was doing.</summary>
internal enum CrashWay
{
    /// <summary>Applying the data file, with no journal of an earlier run.</summary>
    Forth,

    /// <summary>Going on with an interrupted run.</summary>
    Resumed,

    /// <summary>Applying the undo file, with no journal of an earlier run.</summary>
    Back,

    /// <summary>Applying what leads the other way than the interrupted run.</summary>
    TurnedRound,

    /// <summary>Applying a data file of another sync.</summary>
    Third,
}

/// <summary>What was being applied.</summary>
internal enum CrashShape
{
    /// <summary>A data file of one window.</summary>
    Small,

    /// <summary>A data file of several windows.</summary>
    Large,

    /// <summary>A data file for several remotes.</summary>
    Merged,

    /// <summary>A data file that refines a coarse request.</summary>
    Refined,

    /// <summary>A data file that is applied as it arrives.</summary>
    Stream,

    /// <summary>Parts of a set.</summary>
    Set,

    /// <summary>Parts of a set as the programs cut them, of 8 MiB each.</summary>
    LargeSet,

    /// <summary>A data file of several frames that are compressed over old content.</summary>
    Prefix,

    /// <summary>Copies from any byte of A, over one another and over themselves.</summary>
    Shift,
}

/// <summary>Distinct states, and how many of each kind. Safe from several threads.</summary>
internal sealed class CrashCounts
{
    public const int MaxDepth = 4;

    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _states = [];
    private readonly Dictionary<(CrashFault Fault, CrashCall Call, CrashWay Way, int Depth), long> _kinds = [];
    private long _runs;
    private readonly long[] _shapes = new long[Enum.GetValues<CrashShape>().Length];

    /// <summary>Distinct states so far.</summary>
    public long States
    {
        get
        {
            lock (_gate)
            {
                return _states.Count;
            }
        }
    }

    /// <summary>Runs of applying so far.</summary>
    public long Runs => Interlocked.Read(ref _runs);

    public void AddRun() => Interlocked.Increment(ref _runs);

    /// <summary>Adds a state; false where it was there already.</summary>
    public bool Add(UInt128 digest, CrashFault fault, CrashCall call, CrashWay way, int depth, CrashShape shape)
    {
        lock (_gate)
        {
            if (!_states.Add(digest))
            {
                return false;
            }

            _shapes[(int)shape]++;
            (CrashFault, CrashCall, CrashWay, int) kind = (fault, call, way, depth);
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            return true;
        }
    }

    /// <summary>States of one fault; of all calls, ways and depths where they are not given.</summary>
    public long Of(CrashFault? fault = null, CrashCall? call = null, CrashWay? way = null, int? depth = null)
    {
        lock (_gate)
        {
            return _kinds.Where(kind => (fault ?? kind.Key.Fault) == kind.Key.Fault && (call ?? kind.Key.Call) == kind.Key.Call
                && (way ?? kind.Key.Way) == kind.Key.Way && (depth ?? kind.Key.Depth) == kind.Key.Depth).Sum(kind => kind.Value);
        }
    }

    /// <summary>All counts, for people.</summary>
    public string Table()
    {
        StringBuilder table = new();
        table.Append($"{"crash",-14}{"at call",-18}");
        foreach (CrashWay way in Enum.GetValues<CrashWay>())
        {
            table.Append($"{way,12}");
        }

        table.AppendLine($"{"all",12}");
        foreach (CrashFault fault in Enum.GetValues<CrashFault>())
        {
            foreach (CrashCall call in Enum.GetValues<CrashCall>())
            {
                if (Of(fault, call) > 0)
                {
                    AppendLine(table, $"{fault,-14}{call,-18}", way => Of(fault, call, way));
                }
            }
        }

        AppendLine(table, $"{"all",-32}", way => Of(way: way));
        for (int depth = 1; depth <= MaxDepth; depth++)
        {
            int number = depth;
            AppendLine(table, $"{$"crash number {depth} in a row",-32}", way => Of(way: way, depth: number));
        }

        string shapes = string.Join(", ", Enum.GetValues<CrashShape>().Select(shape => $"{shape} {_shapes[(int)shape]}"));
        table.AppendLine($"of them, while it was applied: {shapes}; {Runs} runs");
        return table.ToString();
    }

    private static void AppendLine(StringBuilder table, string head, Func<CrashWay, long> count)
    {
        table.Append(head);
        long all = 0;
        foreach (CrashWay way in Enum.GetValues<CrashWay>())
        {
            table.Append($"{count(way),12}");
            all += count(way);
        }

        table.AppendLine($"{all,12}");
    }
}
