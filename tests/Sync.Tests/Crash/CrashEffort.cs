using BinarySync.Sync.Applying;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>How many states are looked at in a case.</summary>
internal sealed record CrashEffort
{
    /// <summary>Each so many cases is a large one; 0 for none.</summary>
    public int LargeOneIn { get; init; }

    /// <summary>Each so many cases is a set in parts; 0 for none.</summary>
    public int SetOneIn { get; init; }

    /// <summary>Of these, each so many is one as the programs cut it; 0 for none.</summary>
    public int LargeSetOneIn { get; init; }

    /// <summary>The only kind of small cases; null for all.</summary>
    public CrashShape? OnlyShape { get; init; }

    /// <summary>Power cuts in the first run, about.</summary>
    public int FirstStates { get; init; } = 60;

    /// <summary>Calls that fail in the first run.</summary>
    public int FirstFailures { get; init; } = 12;

    /// <summary>States whose undo is tried as well.</summary>
    public double OtherShare { get; init; } = 0.5;

    /// <summary>States on which a data file of another sync is tried as well.</summary>
    public double ThirdShare { get; init; } = 0.25;

    /// <summary>States on which another target takes the name of the first.</summary>
    public double ExchangeShare { get; init; }

    /// <summary>Of these, those where the first direction is tried after it.</summary>
    public double AgainShare { get; init; } = 0.25;

    /// <summary>The only way of crashing; null for all.</summary>
    public CrashFault? OnlyFault { get; init; }

    /// <summary>How all runs verify; null for any way.</summary>
    public VerifyMode? Verify { get; init; }

    /// <summary>States that are looked at, of those that are made.</summary>
    public double KeptShare { get; init; } = 1;

    /// <summary>How a large case is explored: a run takes a hundred times as long.</summary>
    public CrashEffort Large => this with { FirstStates = 10, FirstFailures = 3, AgainShare = 0.2, KeptShare = 0.3 };

    /// <summary>States of which one more run is made that fails.</summary>
    public double FailureShare(int depth) => depth switch
    {
        0 => 1,
        1 => 0.3,
        2 => 0.1,
        _ => 0,
    };

    /// <summary>States taken from a run that began after so many crashes.</summary>
    public double LaterStates(int depth) => depth switch
    {
        2 => 2,
        3 => 0.5,
        4 => 0.2,
        _ => 0,
    };
}
