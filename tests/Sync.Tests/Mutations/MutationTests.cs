namespace BinarySync.Sync.Tests.Mutations;

/// <summary>
/// A short run of the campaign (tests/Campaign): whatever is done to a message or a journal, it is refused, or done as it says.
/// </summary>
public sealed class MutationTests
{
    private const int Count = 6000;

    [Fact]
    public void A_bent_message_is_refused_or_done_as_it_says()
    {
        const int Seed = 20_261_120;
        HashSet<string> outcomes = [];
        for (long number = 0; number < Count; number++)
        {
            MutationCase one = MutationCase.Of(Seed, number);
            Mutant mutant = one.Bend();
            try
            {
                string outcome = $"{one.Subject.Name} {one.Try(mutant)}";
                outcomes.Add(outcome);
                outcomes.Add(mutant.Pair.IsMoved ? $"moved, {outcome}" : outcome);
            }
            catch (MutationViolation violation)
            {
                Assert.Fail(
                    $"seed {Seed}, case {number} ({one.Subject.Name}; {string.Join(", ", mutant.Done)}): "
                        + $"{violation.Message}\n{Convert.ToHexString(mutant.Bytes)}");
            }
        }

        // A run in which nothing gets through proves nothing.
        Assert.Contains("dtf accepted, applied as the original", outcomes);
        Assert.Contains("dtf accepted, applied as another data file", outcomes);
        Assert.Contains("undo accepted, applied as another data file", outcomes);
        Assert.Contains("dtf accepted, refused: Unrecognized", outcomes);
        Assert.Contains("journal finished, Resumed", outcomes);
        Assert.Contains("journal taken back, TurnedRound", outcomes);
        Assert.Contains("journal refused: Mismatch", outcomes);
        Assert.Contains("part alone accepted, applied as the original", outcomes);
        Assert.Contains("part alone accepted, applied as another part", outcomes);
        Assert.Contains("part together accepted, applied as the original", outcomes);
        Assert.Contains("merged data file accepted, applied as the original", outcomes);
        Assert.Contains("merged own request accepted, applied as the original", outcomes);
        Assert.Contains("merged own request accepted, refused: Mismatch", outcomes);
        Assert.Contains("refined dtf accepted, applied as another data file", outcomes);
        Assert.Contains("refined undo accepted, applied as the original", outcomes);

        Assert.Contains("moved, dtf accepted, applied as the original", outcomes);
        Assert.Contains("moved, dtf accepted, refused: Unrecognized", outcomes);
        Assert.Contains("moved, dtr accepted, collected, applied as the original", outcomes);
        Assert.Contains("moved, undo accepted, applied as the original", outcomes);
        Assert.Contains("moved, journal finished, Resumed", outcomes);
        Assert.Contains("moved, journal taken back, TurnedRound", outcomes);
    }
}
