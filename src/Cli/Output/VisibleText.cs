using System.Globalization;
using System.Text;

namespace BinarySync.Cli.Output;

/// <summary>
/// Makes text with names that strangers chose fit to be seen. Characters that a terminal would obey, or that would change the order or the
/// look of the rest, are shown as `ls -b` shows them: as bytes, in octal. So escape sequences, line ends, marks that change the direction
/// of writing and characters without width are visible and do nothing.
/// </summary>
internal static class VisibleText
{
    /// <summary>The text as one line.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Escape(text, isQuoted: false);

    /// <summary>True if every character of the text can be shown as it is.</summary>
    public static bool IsPlain(string text)
    {
        foreach (char letter in text)
        {
            if (!char.IsBetween(letter, ' ', '~'))
            {
                return !HasHidden(text);
            }
        }

        return true;
    }

    /// <summary>The text between the quotes of a shell's $'...'.</summary>
    public static string InDollarQuotes(string text) => Escape(text, isQuoted: true);

    /// <summary>
    /// The text as JSON, which reads back the same. This includes half of a surrogate pair, which carries a byte of a name that is not
    /// UTF-8.
    /// </summary>
    public static string Json(string text)
    {
        StringBuilder json = new("\"");
        foreach (Sign sign in Signs(text))
        {
            if (sign.IsHidden || sign.Text is "\"" or "\\")
            {
                foreach (char unit in sign.Text)
                {
                    json.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                }
            }
            else
            {
                json.Append(sign.Text);
            }
        }

        return json.Append('"').ToString();
    }

    private static bool HasHidden(string text)
    {
        foreach (Sign sign in Signs(text))
        {
            if (sign.IsHidden)
            {
                return true;
            }
        }

        return false;
    }

    private static string Escape(string text, bool isQuoted)
    {
        StringBuilder visible = new();
        Span<byte> bytes = stackalloc byte[4];
        foreach (Sign sign in Signs(text))
        {
            if (!sign.IsHidden)
            {
                visible.Append(isQuoted && sign.Text is "'" or "\\" ? "\\" : string.Empty).Append(sign.Text);
                continue;
            }

            foreach (byte value in bytes[..sign.Encode(bytes)])
            {
                visible.Append('\\').Append(Short(value) is { } letter ? letter : Octal(value));
            }
        }

        return visible.ToString();
    }

    private static string Octal(byte value) => Convert.ToString(value, 8).PadLeft(3, '0');

    private static string? Short(byte value) => value switch
    {
        (byte)'\n' => "n",
        (byte)'\r' => "r",
        (byte)'\t' => "t",
        _ => null,
    };

    private static IEnumerable<Sign> Signs(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            bool isWhole = Rune.TryGetRuneAt(text, at, out Rune rune);
            int length = isWhole ? rune.Utf16SequenceLength : 1;
            yield return new Sign(text.Substring(at, length), isWhole ? rune : null);
            at += length;
        }
    }

    /// <summary>A character.</summary>
    /// <param name="Text">As it is in the text.</param>
    /// <param name="Rune">Null for half of a pair without the other.</param>
    private readonly record struct Sign(string Text, Rune? Rune)
    {
        private const int FirstByteCarrier = 0xDC80;
        private const int LastByteCarrier = 0xDCFF;

        public bool IsHidden => Rune is not { } rune || System.Text.Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

        /// <summary>Writes its bytes and returns their number.</summary>
        public int Encode(Span<byte> bytes)
        {
            if (Rune is null && Text[0] is >= (char)FirstByteCarrier and <= (char)LastByteCarrier)
            {
                bytes[0] = (byte)Text[0];
                return 1;
            }

            return (Rune ?? System.Text.Rune.ReplacementChar).EncodeToUtf8(bytes);
        }
    }
}
