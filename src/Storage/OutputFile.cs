using System.Text;
using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage;

/// <summary>
/// A file that appears under its name only when it is complete and flushed. Until then it is a hidden file in the same directory.
/// </summary>
public sealed class OutputFile : MessageOutput
{
    private const int LongestName = 255; // bytes, on every file system that matters
    private const uint Permissions = 0x1B6; // rw-rw-rw-, less the umask

    private readonly OutputPlace _place;
    private readonly string _temporary;
    private readonly SafeFileHandle _file;
    private readonly BufferedWriter _writer;
    private bool _committed;

    private OutputFile(OutputPlace place, string temporary, SafeFileHandle file)
        : base(place.Name)
    {
        _place = place;
        _temporary = temporary;
        _file = file;
        _writer = new BufferedWriter(file, place.Name);
    }

    public override Stream Stream => _writer;

    /// <summary>Begins a file, after making sure that its name can be had.</summary>
    /// <param name="replace">
    /// True: an existing regular file is replaced by <see cref="Commit"/>; through a symbolic link, the file it leads to.
    /// </param>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.Exists"/> (also a device or pipe, whatever <paramref name="replace"/>),
    /// <see cref="StorageError.DirectoryMissing"/>, <see cref="StorageError.IsDirectory"/>,
    /// <see cref="StorageError.OpenFailed"/>, <see cref="StorageError.NoSpace"/>.
    /// </exception>
    public static OutputFile Create(string path, bool replace)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OutputPlace place = OutputPlace.Find(path, replace);
        for (int attempt = 0; ; attempt++)
        {
            string temporary = Path.Combine(place.Directory, TemporaryName(Path.GetFileName(place.Path), attempt));
            if (TryCreate(temporary, path) is { } file)
            {
                return new OutputFile(place, temporary, file);
            }
        }
    }

    public override void Commit()
    {
        if (_committed)
        {
            throw new InvalidOperationException("An output is committed once.");
        }

        _writer.Flush();
        PortableFlush.Flush(_file, Name);
        _place.Take(_temporary);
        _committed = true;
        _place.FlushDirectory();
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || _file.IsClosed)
        {
            return;
        }

        _writer.Dispose();
        _file.Dispose();
        if (!_committed)
        {
            OutputPlace.Remove(_temporary);
        }
    }

    private static string TemporaryName(string name, int attempt)
    {
        string suffix = $".partial-{Environment.ProcessId}{(attempt == 0 ? "" : $"-{attempt}")}";
        return Encoding.UTF8.GetByteCount(name) + suffix.Length + 1 <= LongestName ? "." + name + suffix : ".binarysync" + suffix;
    }

    /// <summary>Null where the name is taken.</summary>
    private static SafeFileHandle? TryCreate(string temporary, string path)
    {
        if (Posix.IsSupported)
        {
            int flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive;
            int errno = Posix.TryOpen(temporary, flags, out SafeFileHandle? file, Permissions);
            return errno is 0 or Errno.Exists ? file : throw Failure.System(errno, StorageError.OpenFailed, path, "create");
        }

        try
        {
            return File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            return File.Exists(temporary) ? null : throw PortableFailure.From(error, StorageError.OpenFailed, path, "create");
        }
    }
}
