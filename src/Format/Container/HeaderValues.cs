namespace BinarySync.Format;

/// <summary>Values that occur in more than one map of a message; each is checked as it is read.</summary>
internal static class HeaderValues
{
    public static int ReadBlockSize(ref CanonicalReader values, string key) =>
        ReadNumber(ref values, key, FormatLimits.MaxBlockSize, FormatLimits.IsBlockSize);

    public static int ReadFrameSize(ref CanonicalReader values, string key) =>
        ReadNumber(ref values, key, FormatLimits.MaxFrameSize, FormatLimits.IsFrameSize);

    public static byte[] ReadIdentity(ref CanonicalReader values, string key, int length)
    {
        long at = values.Offset;
        byte[] value = values.ReadBytes(key);
        return value.Length == length ? value : throw values.Invalid(at, key, $"has {value.Length} bytes, not {length}");
    }

    private static int ReadNumber(ref CanonicalReader values, string key, int most, Func<long, bool> isAllowed)
    {
        long at = values.Offset;
        long value = values.ReadUnsigned(key, most);
        return isAllowed(value) ? (int)value : throw values.Invalid(at, key, $"{value} is not allowed");
    }
}
