using System.Runtime.CompilerServices;
using System.Text;

namespace BinarySync.Tools.Tests;

/// <summary>
/// Tests that type commands, and hold all that was said to what was looked at: what is typed, standard output, standard error, exit code.
/// Nothing is scrubbed but what was measured.
/// </summary>
public abstract class Typed : IDisposable
{
    private protected const int Block = 4096;

    private readonly StringBuilder _transcript = new();

    private protected Workspace Work { get; } = new();

    public void Dispose()
    {
        Work.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A remote and a master that has grown: blocks that are new, blocks that became zeros, and a short last one.</summary>
    private protected void WriteSides()
    {
        byte[] a = Bytes.Pattern((100 * Block) + 1000);
        byte[] b = [.. a, .. Bytes.Pattern(3 * Block, seed: 5)];
        Bytes.Pattern(5 * Block, seed: 3).CopyTo(b, 10 * Block);
        b.AsSpan(40 * Block, 8 * Block).Clear();
        Work.Write("remote.img", a);
        Work.Write("master.img", b);
    }

    /// <summary>What only leads to what shall be shown.</summary>
    private protected void Quietly(string line) => Work.Line(line).Succeeds();

    private protected void Type(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            Record(line, Work.Line(line));
        }
    }

    private protected void Record(string line, ToolResult result)
    {
        Put($"$ {line}\n{result.Text}");
        foreach (string error in result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Put($"2> {error}\n");
        }

        Put(result.Exit == 0 ? "\n" : $"[exit {result.Exit}]\n\n");
    }

    /// <summary>Anything else that shall be looked at.</summary>
    private protected void Put(string text) => _transcript.Append(text);

    private protected void Verify(string? parameter = null, [CallerFilePath] string file = "", [CallerMemberName] string member = "") =>
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()), file, member, parameter);
}
