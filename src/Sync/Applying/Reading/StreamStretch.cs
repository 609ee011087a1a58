using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Some groups of a data file that is applied as it arrives, kept in memory as a data file of their own.</summary>
/// <param name="IsFirst">True if nothing has been applied before it: for the first stretch, and for all stretches of a dry run.</param>
/// <param name="FirstBlock">The first block that it changes; 0 if it changes none.</param>
/// <param name="SectionsBefore">Sections of the stream before its own, for errors.</param>
/// <param name="OffsetShift">What is added to an offset in it to give the offset in the stream, for errors.</param>
internal sealed record StreamStretch(bool IsFirst, long FirstBlock, long SectionsBefore, long OffsetShift);
