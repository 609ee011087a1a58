using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

/// <summary>Native memory at an aligned address, as direct I/O needs it.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private readonly int _size;
    private void* _start;

    /// <summary>Allocates.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="alignment">Bytes, a power of two.</param>
    public AlignedBuffer(int size, int alignment)
    {
        _size = size;
        _start = NativeMemory.AlignedAlloc((nuint)size, (nuint)alignment);
    }

    public Span<byte> Span => new(_start, _start is null ? 0 : _size);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
