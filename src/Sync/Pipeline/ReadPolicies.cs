using BinarySync.Format;

namespace BinarySync.Sync.Pipeline;

/// <summary>Whether holes are believed to be zeros.</summary>
public enum HolePolicy
{
    /// <summary>Holes are not read.</summary>
    Trust,

    /// <summary>Everything is read.</summary>
    Read,
}

/// <summary>How blocks that cannot be read are handled.</summary>
public enum ReadErrorPolicy
{
    /// <summary>They end the run.</summary>
    Stop,

    /// <summary>They are left out.</summary>
    Skip,
}
