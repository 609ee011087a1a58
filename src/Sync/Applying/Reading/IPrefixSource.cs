using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>Finds the content of frames that are compressed over old content (Format.md 4.8). Safe from several threads.</summary>
internal interface IPrefixSource
{
    /// <summary>Finds the content of the item's frame, and decodes it.</summary>
    /// <returns>False if the content cannot be made any more; the item's findings say why.</returns>
    /// <exception cref="MessageFormatException">It does not decompress.</exception>
    bool TryDecode(PatchItem item);
}
