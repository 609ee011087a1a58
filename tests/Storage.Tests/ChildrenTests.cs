using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

/// <summary>What the tests themselves rely on: what one gave up is not held by the child of another.</summary>
public sealed class ChildrenTests : IDisposable
{
    private const int Starters = 4;
    private const int StartsEach = 50;
    private const int Askers = 4;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public void What_was_closed_is_open_nowhere_while_others_start_children()
    {
        Thread[] starters = [.. Enumerable.Range(0, Starters).Select(_ => new Thread(StartChildren))];
        int held = 0;
        Thread[] askers = [.. Enumerable.Range(0, Askers).Select(i => new Thread(() =>
        {
            string file = _directory.File($"file{i}", 100);
            while (starters.Any(starter => starter.IsAlive))
            {
                File.OpenWrite(file).Dispose();
                Children.Settle();
                Interlocked.Add(ref held, FileUsage.WriterOf(file) == WriterSign.None ? 0 : 1);
            }
        }))];
        Thread[] all = [.. starters, .. askers];
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        Assert.Equal(0, held);
    }

    private static void StartChildren()
    {
        for (int i = 0; i < StartsEach; i++)
        {
            Command.Demand("true");
        }
    }
}
