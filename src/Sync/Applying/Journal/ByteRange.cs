using System.Buffers.Binary;
using System.Text;
using BinarySync.Format;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>A stretch of the target. Bytes; the end is the first byte behind it.</summary>
internal readonly record struct ByteRange(long Offset, long End);
