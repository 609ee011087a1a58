using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BinarySync.Format;

namespace BinarySync.Cli.Output;

/// <summary>
/// A result that is shown as aligned lines for people or as one JSON object for scripts: each field is named once. Long lists are written
/// as they grow.
/// </summary>
internal sealed class Report : IDisposable
{
    private const int LabelWidth = 18;

    private readonly Terminal _terminal;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter? _json;

    public Report(Terminal terminal, bool json)
    {
        _terminal = terminal;
        if (json)
        {
            // Paths and labels are shown as they are: this is no web page.
            _json = new Utf8JsonWriter(
                _buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            _json.WriteStartObject();
        }
    }

    /// <summary>A line for people only, in which every character is the program's own.</summary>
    public void OwnLine(string text)
    {
        if (_json is null)
        {
            _terminal.OwnLine(text);
        }
    }

    /// <summary>A line for people only.</summary>
    public void Line(string text)
    {
        if (_json is null)
        {
            _terminal.Result(text);
        }
    }

    public void Add(string name, string label, string value)
    {
        AddHidden(name, value);
        Field(label, value);
    }

    /// <summary>A number.</summary>
    /// <param name="name">Its name in JSON.</param>
    /// <param name="label">Its label for people; null: not shown to them.</param>
    /// <param name="value">The number.</param>
    /// <param name="text">The text for people; the number itself if null.</param>
    public void Add(string name, string? label, long value, string? text = null)
    {
        _json?.WriteNumber(name, value);
        Field(label, text ?? $"{value}");
    }

    public void Add(string name, string? label, bool value, string? text = null)
    {
        _json?.WriteBoolean(name, value);
        Field(label, text ?? (value ? "yes" : "no"));
    }

    /// <summary>A text for scripts only.</summary>
    public void AddHidden(string name, string value)
    {
        if (_json is null)
        {
            return;
        }

        if (VisibleText.IsPlain(value))
        {
            _json.WriteString(name, value);
        }
        else
        {
            // The writer does not escape marks that change the direction of writing, and cannot write half of a surrogate pair.
            _json.WritePropertyName(name);
            _json.WriteRawValue(VisibleText.Json(value), skipInputValidation: true);
        }
    }

    public void Add(string name, string label, ReadOnlyMemory<byte> value) => Add(name, label, Convert.ToHexStringLower(value.Span));

    public void BeginObject(string? name = null)
    {
        if (name is null)
        {
            _json?.WriteStartObject();
        }
        else
        {
            _json?.WriteStartObject(name);
        }
    }

    public void EndObject() => _json?.WriteEndObject();

    public void BeginArray(string name) => _json?.WriteStartArray(name);

    /// <summary>A number in an array, for scripts only.</summary>
    public void AddElement(long value) => _json?.WriteNumberValue(value);

    public void EndArray() => _json?.WriteEndArray();

    /// <summary>Runs of blocks, for scripts only.</summary>
    public void AddRuns(string name, IEnumerable<BlockRun> runs)
    {
        BeginArray(name);
        foreach (BlockRun run in runs)
        {
            BeginObject();
            Add("first", null, run.First);
            Add("count", null, run.Count);
            EndObject();
            Drain();
        }

        EndArray();
    }

    /// <summary>Hands the written text to the terminal when there is much of it.</summary>
    public void Drain()
    {
        const int DrainAt = 64 << 10;
        if (_json is not null && _json.BytesPending + _buffer.WrittenCount > DrainAt)
        {
            HandOver();
        }
    }

    /// <summary>Completes the result, with the program that made it and how long that took.</summary>
    /// <param name="version">The program's version.</param>
    /// <param name="elapsed">Since the command began.</param>
    public void Finish(string version, TimeSpan elapsed)
    {
        if (_json is not null)
        {
            AddHidden("program", $"{_terminal.Tool} {version}");
            _json.WritePropertyName("seconds");
            _json.WriteRawValue(elapsed.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture));
            _json.WriteEndObject();
            HandOver();
            _terminal.Result(string.Empty);
        }
    }

    public void Dispose() => _json?.Dispose();

    private void HandOver()
    {
        _json!.Flush();
        _terminal.ResultText(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _buffer.Clear();
    }

    private void Field(string? label, string text)
    {
        if (_json is null && label is not null)
        {
            _terminal.Result($"  {label.PadRight(LabelWidth)}{text}");
        }
    }
}
