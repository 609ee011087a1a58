using System.Text;

namespace BinarySync.Storage.Usage;

/// <summary>Paths in /proc have blanks and backslashes written as a backslash and three octal digits.</summary>
internal static class OctalEscapes
{
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        // Through bytes: a program may have escaped the single bytes of a character.
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int count = 0;
        while (!text.IsEmpty)
        {
            if (text.Length >= 4 && text[0] == '\\' && IsOctal(text[1], '3') && IsOctal(text[2], '7') && IsOctal(text[3], '7'))
            {
                bytes[count++] = (byte)(((text[1] - '0') << 6) | ((text[2] - '0') << 3) | (text[3] - '0'));
                text = text[4..];
            }
            else
            {
                int next = text[1..].IndexOf('\\');
                int plain = next < 0 ? text.Length : next + 1;
                byte[] taken = PathText.Encode(text[..plain]);
                taken.CopyTo(bytes, count);
                count += taken.Length;
                text = text[plain..];
            }
        }

        return PathText.Decode(bytes.AsSpan(0, count));
    }

    private static bool IsOctal(char digit, char last) => digit >= '0' && digit <= last;
}
