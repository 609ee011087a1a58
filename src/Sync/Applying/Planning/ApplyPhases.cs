using BinarySync.Format;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>How many phases of a run are still to come, for those who show its progress.</summary>
internal static class ApplyPhases
{
    /// <summary>After the planning pass, said before it: as far as the trailer tells.</summary>
    /// <param name="context">The run.</param>
    /// <param name="announced">The data file's trailer; null if it cannot be read beforehand.</param>
    /// <param name="prefixes">Frames over old content are to be expected.</param>
    public static int BeforePlanning(ApplyContext context, OperationsTrailer? announced, bool prefixes)
    {
        bool copies = announced is { CopyBlocks: > 0 };
        return (copies ? 1 : 0) + AfterPlanning(context, copies, prefixes, writes: true);
    }

    /// <summary>After the plan was made.</summary>
    /// <param name="context">The run.</param>
    /// <param name="copies">Content is copied inside the target.</param>
    /// <param name="prefixes">There are frames over old content.</param>
    /// <param name="writes">Anything is to be written.</param>
    public static int AfterPlanning(ApplyContext context, bool copies, bool prefixes, bool writes)
    {
        ApplySpecification how = context.Specification;
        int looking = how.CheckBase ? 1 : 0;
        int undo = context.Places.Undo is null ? 0 : 1;
        int writing = writes ? 1 + (copies ? 1 : 0) + (prefixes ? 1 : 0) : 0;
        const int Flushing = 1;
        int reading = how.Verify == VerifyMode.None ? 0 : 1;
        return how.DryRun ? looking : looking + undo + writing + Flushing + reading;
    }
}
