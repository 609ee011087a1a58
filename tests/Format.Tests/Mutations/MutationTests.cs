using System.Diagnostics;
using BinarySync.Format.Tests.Vectors;
using Xunit.Abstractions;

namespace BinarySync.Format.Tests.Mutations;

/// <summary>
/// Whatever is done to a message, its reader gives a typed error or reads a valid message, in little memory and time.
/// <c>BINARYSYNC_MUTATIONS=1000000</c> makes a longer run, <c>BINARYSYNC_SEED</c> another one.
/// </summary>
public class MutationTests(ITestOutputHelper output)
{
    private const int OrdinaryCount = 60_000;
    private const long MostAllocated = 64 << 20;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    private static int Count => Number("BINARYSYNC_MUTATIONS", OrdinaryCount) / 4;

    private static int Seed => Number("BINARYSYNC_SEED", 20_240_229);

    [Theory]
    [InlineData(MessageKind.ChecksumRequest)]
    [InlineData(MessageKind.ChecksumFile)]
    [InlineData(MessageKind.DataRequest)]
    [InlineData(MessageKind.DataFile)]
    public void A_bent_message_is_refused_or_valid(MessageKind kind)
    {
        VectorFile[] good = [.. VectorFile.Names.Select(VectorFile.Load).Where(vector => vector.Expect is null)];
        byte[][] corpus = [.. good.Select(vector => vector.Message)];
        byte[][] own = [.. good.Where(vector => vector.ReadAs == kind).Select(vector => vector.Message)];
        Mutator mutator = new(new Random(Seed + (int)kind), corpus);
        SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
        long mostAllocated = 0;
        Stopwatch all = Stopwatch.StartNew();
        for (int i = 0; i < Count; i++)
        {
            byte[] original = own[i % own.Length];

            // Two of three have all checksums computed again: the rules behind them are the point.
            bool fieldsBent = i % 3 != 0;
            byte[] bent = fieldsBent ? mutator.BendFields(original) : mutator.BendBytes(original);
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            string outcome = OutcomeOf(bent, kind, i);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            mostAllocated = Math.Max(mostAllocated, allocated);
            Assert.True(
                allocated <= MostAllocated, $"mutation {i} of seed {Seed} allocated {allocated} bytes: {Convert.ToHexString(bent)}");
            Assert.True(
                Stopwatch.GetElapsedTime(started) < MostTime, $"mutation {i} of seed {Seed} took too long: {Convert.ToHexString(bent)}");

            // Without checksums that fit, only what was not changed at all may pass.
            Assert.True(
                outcome != "accepted" || fieldsBent || corpus.Any(message => message.AsSpan().SequenceEqual(bent)),
                $"mutation {i} of seed {Seed} was accepted: {Convert.ToHexString(bent)}");
            string key = $"{(fieldsBent ? "fields" : "bytes "),-6} {outcome}";
            outcomes[key] = outcomes.GetValueOrDefault(key) + 1;
        }

        output.WriteLine(
            $"{Count} mutations, {Count / all.Elapsed.TotalSeconds:N0} a second, at most {mostAllocated:N0} bytes allocated by one");
        foreach ((string outcome, int count) in outcomes)
        {
            output.WriteLine($"{count,8:N0} {outcome}");
        }
    }

    private static string OutcomeOf(byte[] message, MessageKind kind, int number)
    {
        try
        {
            MessageDump.Read(message, kind);
            return "accepted";
        }
        catch (MessageFormatException exception)
        {
            Assert.True(
                exception.Offset >= 0 && exception.Offset <= message.Length,
                $"mutation {number} of seed {Seed}: offset {exception.Offset} of {message.Length} bytes");
            return $"{exception.Error}";
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"mutation {number} of seed {Seed}: {Convert.ToHexString(message)}", exception);
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : otherwise;
}
