using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage;

/// <summary>
/// Reads through the page cache and gives back behind itself what it brought there, so that a large input does not push out what others need. Pages that
/// were cached before stay. Several threads may read at once.
/// </summary>
/// <remarks>
/// The kernel is asked which pages it holds well before its read-ahead can bring them, and the others are dropped when all threads are well past them. Its
/// own way to do this (RWF_DONTCACHE) drops each folio after the first read that touches it: folios of 2 MiB and reads of 1 MiB were read from the disk up to
/// a quarter more often. So it serves only where the kernel does not say what it holds. Where it has neither, all is dropped.
/// </remarks>
internal sealed class DropBehindReader : IDisposable
{
    /// <summary>Bytes that are asked about, and dropped, at once.</summary>
    public const int StretchLength = 8 << 20;

    /// <summary>Stretches behind each thread's latest read that are left alone: the next thread to take a piece may be sent there.</summary>
    public const int Behind = 4;

    /// <summary>Stretches ahead that are asked about: farther than the kernel reads ahead (seen: 16 MiB).</summary>
    public const int Ahead = 8;

    private readonly SafeFileHandle _file;
    private readonly string _name;
    private readonly long _length;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, List<ByteRun>> _stretches = [];

    // Where each thread is. Those that collect scattered blocks are far apart, and none may drop what another is about to read.
    private readonly Dictionary<int, long> _places = [];
    private volatile bool _canAsk;
    private volatile bool _canReadAtOnce;

    /// <summary>Reads from an open descriptor.</summary>
    /// <param name="file">Borrowed.</param>
    /// <param name="length">Bytes that there are.</param>
    /// <param name="canAsk">False: as if the kernel did not say what is in its cache.</param>
    /// <param name="canReadAtOnce">False: as if it had no RWF_DONTCACHE.</param>
    public DropBehindReader(SafeFileHandle file, string name, long length, bool canAsk = true, bool canReadAtOnce = true)
    {
        _file = file;
        _name = name;
        _length = length;
        _canAsk = canAsk;
        _canReadAtOnce = canReadAtOnce;
    }

    /// <summary>Reads until the buffer is full or the end is reached; the count of bytes read.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.ReadFailed"/>.</exception>
    public int Read(Span<byte> buffer, long offset)
    {
        int done = 0;
        if (!Enter(offset, buffer.Length))
        {
            done = ReadAtOnce(buffer, offset);
            if (_canReadAtOnce)
            {
                return done;
            }

            _ = Enter(offset, buffer.Length);
        }

        return done + Posix.ReadAt(_file, buffer[done..], offset + done, _name);
    }

    /// <summary>Gives back the rest.</summary>
    public void Dispose()
    {
        Drop([.. _stretches.Values.SelectMany(runs => runs)]);
        _stretches.Clear();
    }

    /// <summary>Moves on to where a read begins. False where nothing is kept in mind, because reading itself leaves nothing behind.</summary>
    private bool Enter(long offset, int length)
    {
        long first = offset / StretchLength;
        long last = (offset + Math.Max(length, 1) - 1) / StretchLength;
        List<ByteRun> behind;
        lock (_gate)
        {
            if (!_canAsk && _canReadAtOnce)
            {
                return false;
            }

            int thread = Environment.CurrentManagedThreadId;
            if (_places.TryGetValue(thread, out long place) && place == first && _stretches.ContainsKey(last))
            {
                return true;
            }

            _places[thread] = first;
            for (long stretch = first; stretch <= last || (stretch <= last + Ahead && stretch * StretchLength < _length); stretch++)
            {
                if (!_stretches.ContainsKey(stretch))
                {
                    _stretches.Add(stretch, NotCached(stretch * StretchLength));
                }
            }

            if (!_canAsk && _canReadAtOnce)
            {
                _stretches.Clear();
                return false;
            }

            behind = TakeWhatIsBehind();
        }

        Drop(behind);
        return true;
    }

    // A thread that goes to and fro over a border needs no more than it had: what lies ahead is forgotten late.
    private List<ByteRun> TakeWhatIsBehind()
    {
        List<ByteRun> runs = [];
        foreach (long stretch in _stretches.Keys.Where(stretch => !_places.Values.Any(place => stretch >= place - Behind && stretch <= place + (2 * Ahead))).ToArray())
        {
            runs.AddRange(_stretches[stretch]);
            _stretches.Remove(stretch);
        }

        return runs;
    }

    private List<ByteRun> NotCached(long offset)
    {
        List<ByteRun> runs = [];
        if (offset < _length)
        {
            AddNotCached(runs, offset, Math.Min(offset + StretchLength, _length));
        }

        return runs;
    }

    // Mostly all of a stretch is cached or nothing. Else halves tell where the borders are, to the page.
    private void AddNotCached(List<ByteRun> runs, long start, long end)
    {
        long page = Environment.SystemPageSize;
        long pages = (end - start + page - 1) / page;
        long cached = _canAsk ? Posix.CachedPages(_file, start, end - start) : 0;
        if (cached < 0)
        {
            _canAsk = false;
            cached = 0;
        }

        if (cached == 0)
        {
            runs.Add(new ByteRun(start, end));
        }
        else if (cached < pages && pages > 1)
        {
            long middle = start + (pages / 2 * page);
            AddNotCached(runs, start, middle);
            AddNotCached(runs, middle, end);
        }
    }

    private void Drop(List<ByteRun> runs)
    {
        for (int i = 0; i < runs.Count; i++)
        {
            (long start, long end) = runs[i];
            while (i + 1 < runs.Count && runs[i + 1].Start == end)
            {
                end = runs[++i].End;
            }

            // Whole pages only: the last one of a file, too.
            long page = Environment.SystemPageSize;
            Posix.DropCache(_file, start, ((end + page - 1) / page * page) - start);
        }
    }

    /// <summary>Returns the bytes that could be read; less than there are where this turns out not to work here.</summary>
    private int ReadAtOnce(Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = Posix.TryReadAtOnce(_file, buffer[done..], offset + done, out int errno);
            if (errno is Errno.NotSupported or Errno.NotImplemented or Errno.Invalid)
            {
                _canReadAtOnce = false;
                break;
            }

            if (errno != 0)
            {
                throw Failure.System(errno, StorageError.ReadFailed, _name, "read", offset + done);
            }

            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    private readonly record struct ByteRun(long Start, long End);
}
