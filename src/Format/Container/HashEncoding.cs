namespace BinarySync.Format;

/// <summary>
/// The block hash in a header or parent (Format.md 4, <c>hash</c> and <c>!hash</c>). A hash of 1.0 is under the first key, a later one
/// under the second. A reader of 1.0 refuses the second key as a newer program's before it reads anything else.
/// </summary>
internal static class HashEncoding
{
    public static void Add(MapFields fields, BlockHash hash) => fields.Add(KeyOf(hash), hash.Name);

    /// <summary>Reads the value of either key.</summary>
    /// <param name="map">Positioned at the value.</param>
    /// <param name="key">The key just read.</param>
    /// <param name="before">The hash from the other key, or null.</param>
    public static BlockHash Read(ref MapReader map, string key, BlockHash? before)
    {
        long at = map.Values.Offset;
        string name = map.Values.ReadString(key);
        if (before is not null)
        {
            throw map.Values.Invalid(at, key, $"cannot be together with {KeyOf(before)}");
        }

        BlockHash hash = BlockHash.Find(name) ?? throw map.UnknownValue(at, key, $"\"{Printable.Text(name)}\"");
        return KeyOf(hash) == key ? hash : throw map.Values.Invalid(at, key, $"{hash.Name} belongs under {KeyOf(hash)}");
    }

    private static string KeyOf(BlockHash hash) => hash.SinceMinor == 0 ? HeaderKeys.Hash : HeaderKeys.NewerHash;
}
