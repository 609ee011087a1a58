using System.Diagnostics;
using BinarySync.Storage;
using BinarySync.Storage.Disks;
using BinarySync.Storage.Messages;
using BinarySync.Storage.State;

// A process of its own for what cannot be tried inside the test runner: injected errors, standard streams, what strace sees.
// Says what happened on standard error, one word a step.
return args switch
{
    ["flush", var path] => Flush(path),
    ["output", var path] => Output(path, replace: false),
    ["output", var path, "over"] => Output(path, replace: true),
    ["output", var path, "without-proc"] => OutputWithoutProc(path),
    ["linger", var path] => Linger(path),
    ["state", var path] => State(path),
    ["journal", var device, var directory] => Journal(device, directory),
    ["replace", var path] => Replace(path),
    ["read", var path] => Read(path),
    ["uncached", var path] => Uncached(path),
    ["stdout", var count] => StandardOutput(int.Parse(count)),
    ["stdin"] => StandardInput(),
    _ => 2,
};

static int Flush(string path)
{
    using IWritableStorage target = StorageAccess.OpenTarget(path, []);
    Say(() => target.Write([1], 0));
    Say(target.Flush);
    Say(target.Flush);
    return 0;
}

static int Output(string path, bool replace)
{
    using OutputFile output = OutputFile.Create(path, replace);
    output.Stream.Write("content"u8);
    Say(output.Commit);
    return 0;
}

// In a mount namespace of its own.
static int OutputWithoutProc(string path)
{
    using Process mount = Process.Start("mount", ["-t", "tmpfs", "none", "/proc"]);
    mount.WaitForExit();
    Say(() => _ = File.Exists("/proc/self/fd/0") ? throw new InvalidOperationException() : 0);
    return Output(path, replace: false);
}

// Waits in the middle of an output until its input ends, or it is killed.
static int Linger(string path)
{
    using OutputFile output = OutputFile.Create(path, replace: false);
    output.Stream.Write(new byte[1 << 20]);
    output.Stream.Flush();
    Console.WriteLine("written");
    Console.In.ReadToEnd();
    return 0;
}

static int State(string path)
{
    using StateFile state = new(path);
    Say(() => state.Replace("first"u8));
    Say(() => state.Replace("second"u8));
    Say(() => state.Overwrite("XY"u8, 1));
    Say(() => state.Overwrite("Z"u8, 3));
    Say(() => _ = state.Read());
    Say(state.Remove);
    return 0;
}

static int Journal(string device, string directory)
{
    using StateFile journal = new StatePlaces(directory, StatePlaces.OwnerOnly).JournalOf(device, given: null, readOnly: false);
    Say(() => journal.Replace("content"u8));
    return 0;
}

static int Replace(string path)
{
    using StateFile state = new(path);
    Say(() => state.Replace("new"u8));
    return 0;
}

static int Read(string path)
{
    using StateFile state = new(path);
    Say(() => _ = state.Read());
    return 0;
}

static int Uncached(string path)
{
    using IReadableStorage source = StorageAccess.OpenSource(path);
    byte[] below = new byte[source.Length];
    byte[] plain = new byte[source.Length];
    Say(() => source.ReadBelowCache(below, 0));
    Say(() => source.Read(plain, 0));
    return below.AsSpan().SequenceEqual(plain) ? 0 : 1;
}

static int StandardOutput(int count)
{
    using MessageOutput output = StandardStreams.OpenOutput();
    Say(() =>
    {
        byte[] block = new byte[100_000];
        for (int left = count; left > 0; left -= block.Length)
        {
            output.Stream.Write(block.AsSpan(0, Math.Min(left, block.Length)));
        }

        output.Commit();
    });
    return 0;
}

static int StandardInput()
{
    using Stream input = StandardStreams.OpenInput();
    using MemoryStream all = new();
    Say(() => input.CopyTo(all));
    Console.Error.WriteLine(all.Length);
    return 0;
}

static void Say(Action step)
{
    try
    {
        step();
        Console.Error.WriteLine("done");
    }
    catch (StorageException error)
    {
        Console.Error.WriteLine(error.Error);
    }
    catch (InvalidOperationException error)
    {
        Console.Error.WriteLine(error.GetType().Name);
    }
}
