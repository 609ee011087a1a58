using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Texts;

/// <summary>Prints a failure on standard error: a line and a hint for people, one object on one line for scripts.</summary>
/// <param name="terminal">Takes the output.</param>
/// <param name="json">For scripts.</param>
internal sealed class FailureSpeaker(Terminal terminal, bool json)
{
    /// <summary>
    /// True if the line asks for JSON. The words themselves are searched, because a line that cannot be parsed may ask for it too.
    /// </summary>
    public static bool WantsJson(IEnumerable<string> arguments) => arguments.TakeWhile(argument => argument != "--").Contains("--json");

    /// <summary>Prints it.</summary>
    /// <returns>The exit code.</returns>
    public int Say(FailureText failure)
    {
        if (json)
        {
            terminal.Object(Object(failure));
            return failure.Exit;
        }

        terminal.Error(failure.Message);
        foreach (string further in failure.Further)
        {
            terminal.Error(further);
        }

        if (failure.Hint is { } hint)
        {
            terminal.Hint(hint);
        }

        foreach (BlockRun run in failure.Ranges)
        {
            terminal.Detail($"block{(run.Count == 1 ? string.Empty : "s")} {run}");
        }

        if (failure.Reason == FailureText.DefectReason)
        {
            terminal.Error("please report it, with this trace and the command:");
            foreach (string line in failure.Values.SelectMany(value => $"{value.Value}".Split('\n')))
            {
                terminal.Progress(line);
            }
        }

        return failure.Exit;
    }

    private static string Object(FailureText failure)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteNumber("exit", failure.Exit);
            Write(writer, "reason", failure.Reason);
            Write(writer, "message", string.Join("; ", failure.Further.Prepend(failure.Message)));
            if (failure.Hint is { } hint)
            {
                Write(writer, "hint", hint);
            }

            foreach ((string name, object value) in failure.Values)
            {
                Write(writer, name, value);
            }

            WriteRanges(writer, failure.Ranges);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteRanges(Utf8JsonWriter writer, IReadOnlyList<BlockRun> ranges)
    {
        if (ranges.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("ranges");
        foreach (BlockRun run in ranges)
        {
            writer.WriteStartObject();
            writer.WriteNumber("first", run.First);
            writer.WriteNumber("count", run.Count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int or long:
                writer.WriteNumber(name, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                // The writer does not escape marks that change the direction of writing, and cannot write half of a surrogate pair.
                writer.WritePropertyName(name);
                writer.WriteRawValue(VisibleText.Json($"{value}"), skipInputValidation: true);
                break;
        }
    }
}
