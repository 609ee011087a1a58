using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    // struct dirent of 64-bit Linux, with any C library: inode, offset, length of the entry, kind, then the name.
    private const int NameOffset = 8 + 8 + 2 + 1;

    /// <summary>
    /// The names in a directory, in any order, without "." and "..". By their bytes: the framework finds no directory, and no file, whose
    /// name is not UTF-8.
    /// </summary>
    /// <returns>The error number, 0 if there was none.</returns>
    public static int TryList(string path, out List<string> names)
    {
        names = [];
        nint directory = Libc.OpenDirectory(path);
        if (directory == 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        try
        {
            while (true)
            {
                byte* entry = Libc.ReadDirectory(directory);
                if (entry == null)
                {
                    return Marshal.GetLastPInvokeError();
                }

                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(PathText.Decode(name));
                }
            }
        }
        finally
        {
            _ = Libc.CloseDirectory(directory);
        }
    }
}
