using System.Text;

namespace BinarySync.Cli.Advice;

/// <summary>The wrapping of a message in transit: recognised by its first bytes, for hints.</summary>
/// <param name="Words">"sealed with age", "packed with gzip".</param>
/// <param name="Opener">The command that unwraps, to standard output.</param>
internal sealed record Wrapping(string Words, string Opener)
{
    // No more than the 16 bytes that an error hands on: age's line is "age-encryption.org/v1", armoured "-----BEGIN AGE ENCRYPTED
    // FILE-----".
    private static readonly (byte[] Start, Wrapping Wrapping)[] Known =
    [
        ("age-encryption.o"u8.ToArray(), new("sealed with age", "age -d -i KEY")),
        ("-----BEGIN AGE E"u8.ToArray(), new("sealed with age", "age -d -i KEY")),
        ("-----BEGIN PGP M"u8.ToArray(), new("sealed with gpg", "gpg -d")),
        ([0x1F, 0x8B], new("packed with gzip", "gzip -dc")),
        ([0x28, 0xB5, 0x2F, 0xFD], new("packed with zstd", "zstd -dc")),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], new("packed with xz", "xz -dc")),
        ("BZh"u8.ToArray(), new("packed with bzip2", "bzip2 -dc")),
    ];

    /// <summary>The wrapping of a file with these first bytes; null if it is not known.</summary>
    public static Wrapping? Of(ReadOnlySpan<byte> start)
    {
        foreach ((byte[] known, Wrapping wrapping) in Known)
        {
            if (start.StartsWith(known))
            {
                return wrapping;
            }
        }

        return null;
    }

    /// <summary>
    /// The first bytes of an unknown file, so that its author recognises them: text as text, anything else in hexadecimal.
    /// </summary>
    public static string Show(ReadOnlySpan<byte> start)
    {
        string text = Encoding.ASCII.GetString(start).TrimEnd();
        return text.Length > 0 && text.All(letter => letter is >= ' ' and <= '~')
            ? $"'{text}'"
            : string.Join(
                ' ',
                start[..Math.Min(start.Length, 8)].ToArray().Select(
                    value => value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
