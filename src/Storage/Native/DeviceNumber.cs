using System.Globalization;

namespace BinarySync.Storage.Native;

/// <summary>The kernel's number of a device, written "8:1" in /proc and /sys.</summary>
internal readonly record struct DeviceNumber(uint Major, uint Minor)
{
    public static bool TryParse(ReadOnlySpan<char> text, out DeviceNumber number)
    {
        text = text.Trim();
        int colon = text.IndexOf(':');
        if (colon > 0
            && uint.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out uint major)
            && uint.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out uint minor))
        {
            number = new DeviceNumber(major, minor);
            return true;
        }

        number = default;
        return false;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}:{Minor}");
}
