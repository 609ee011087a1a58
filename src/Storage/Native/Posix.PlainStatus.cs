using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

// Uses fstatat if statx is refused to this process: filters of old containers refuse system calls that they do not know.
internal static unsafe partial class Posix
{
    private const int PlainStatusLength = 256; // more than struct stat has anywhere
    private const int RawDevice = 0;
    private const int RawInode = 8;
    private const int RawSize = 48;
    private const int RawBlocks = 64;
    private const int RawModified = 88;
    private const int RawChanged = 104;

    // struct stat of 64-bit Linux has two orders of its first fields: that of x86-64 and PowerPC, and the generic one.
    private static readonly bool _isGeneric = RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Ppc64le);
    private static readonly int _rawMode = _isGeneric ? 16 : 24;
    private static readonly int _rawLinks = _isGeneric ? 20 : 16; // 32 bits or 64, of which the first 32 count
    private static readonly int _rawUser = _isGeneric ? 24 : 28;
    private static readonly int _rawGroup = _isGeneric ? 28 : 32;
    private static readonly int _rawNode = _isGeneric ? 32 : 40;

    /// <summary>statx, or else fstatat, without the fields that only statx has; returns the error number, 0 if it worked.</summary>
    private static int Examine(string path, int flags, uint fields, Libc.StatusBuffer* status)
    {
        int errno = Repeat(() => Libc.Status(CurrentDirectory, path, flags, fields, status));
        return IsKeptAway(errno)
            ? ExaminePlainly(buffer => Libc.PlainStatus(CurrentDirectory, path, (byte*)buffer, flags), status, errno)
            : errno;
    }

    /// <summary>As the other, for an open descriptor.</summary>
    private static int Examine(SafeFileHandle file, uint fields, Libc.StatusBuffer* status)
    {
        int errno = Repeat(() => Libc.Status(file, "", EmptyPath, fields, status));
        return IsKeptAway(errno) ? ExaminePlainly(buffer => Libc.PlainStatus(file, "", (byte*)buffer, EmptyPath), status, errno) : errno;
    }

    /// <summary>The errors that say that a call does not exist or is refused to this process, and not that the call met an error.</summary>
    private static bool IsKeptAway(int errno) =>
        errno is Errno.NotPermitted or Errno.NotImplemented or Errno.Invalid or Errno.NotSupported;

    private static int ExaminePlainly(Func<nint, int> call, Libc.StatusBuffer* status, int otherwise)
    {
        byte* raw = stackalloc byte[PlainStatusLength];
        try
        {
            int errno = Repeat(() => call((nint)raw));
            if (errno == 0)
            {
                *status = FromPlain(new ReadOnlySpan<byte>(raw, PlainStatusLength));
            }

            return errno;
        }
        catch (EntryPointNotFoundException)
        {
            return otherwise;
        }
    }

    private static Libc.StatusBuffer FromPlain(ReadOnlySpan<byte> raw)
    {
        ulong device = BinaryPrimitives.ReadUInt64LittleEndian(raw[RawDevice..]);
        ulong node = BinaryPrimitives.ReadUInt64LittleEndian(raw[_rawNode..]);
        return new Libc.StatusBuffer
        {
            Mask = BasicFields,
            Links = BinaryPrimitives.ReadUInt32LittleEndian(raw[_rawLinks..]),
            User = BinaryPrimitives.ReadUInt32LittleEndian(raw[_rawUser..]),
            Group = BinaryPrimitives.ReadUInt32LittleEndian(raw[_rawGroup..]),
            Mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[_rawMode..]),
            Inode = BinaryPrimitives.ReadUInt64LittleEndian(raw[RawInode..]),
            Size = BinaryPrimitives.ReadUInt64LittleEndian(raw[RawSize..]),
            Blocks = BinaryPrimitives.ReadUInt64LittleEndian(raw[RawBlocks..]),
            ModifiedSeconds = BinaryPrimitives.ReadInt64LittleEndian(raw[RawModified..]),
            ModifiedNanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(raw[(RawModified + 8)..]),
            ChangedSeconds = BinaryPrimitives.ReadInt64LittleEndian(raw[RawChanged..]),
            ChangedNanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(raw[(RawChanged + 8)..]),
            DeviceMajor = MajorOf(device),
            DeviceMinor = MinorOf(device),
            NodeMajor = MajorOf(node),
            NodeMinor = MinorOf(node),
        };
    }

    // The C library's dev_t.
    private static uint MajorOf(ulong device) => (uint)(((device >> 8) & 0xFFF) | ((device >> 32) & 0xFFFFF000));

    private static uint MinorOf(ulong device) => (uint)((device & 0xFF) | ((device >> 12) & 0xFFFFFF00));
}
