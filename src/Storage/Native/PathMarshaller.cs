using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace BinarySync.Storage.Native;

/// <summary>Hands a path to the C library as the bytes that it is: see <see cref="PathText"/>.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(PathMarshaller))]
internal static unsafe class PathMarshaller
{
    public static byte* ConvertToUnmanaged(string path)
    {
        byte[] bytes = PathText.Encode(path);
        byte* start = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(start, bytes.Length));
        start[bytes.Length] = 0;
        return start;
    }

    public static void Free(byte* path) => NativeMemory.Free(path);
}
