using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>
/// Reads through the page cache and drops behind itself the pages that it brought in. So a large input does not push out the pages that
/// others need. Pages that were cached before stay. Several threads may read at once.
/// </summary>
/// <remarks>
/// The kernel is asked which pages it holds, well before its read-ahead can bring them. The others are dropped when all threads are well
/// past them. The kernel's own way (RWF_DONTCACHE) drops each folio after the first read that touches it: folios of 2 MiB and reads of 1
/// MiB were read from the disk up to a quarter more often. So it is used only if the kernel does not say what it holds. If the kernel has
/// neither, all pages are dropped.
/// </remarks>
internal sealed class DropBehindReader : IDisposable
{
    /// <summary>Bytes that are asked about, and dropped, at once.</summary>
    public const int StretchLength = 8 << 20;

    /// <summary>
    /// Stretches behind each thread's latest read that are not dropped: the next thread to take a piece may be sent there.
    /// </summary>
    public const int Behind = 2;

    /// <summary>
    /// Stretches that are dropped together. A page that waits in a list of another CPU cannot be dropped, and the kernel then makes all
    /// CPUs empty their lists. On a busy machine that takes milliseconds.
    /// </summary>
    public const int Together = 8;

    /// <summary>Stretches ahead that are asked about: farther than the kernel reads ahead (seen: 16 MiB).</summary>
    public const int Ahead = 8;

    private readonly SafeFileHandle _file;
    private readonly string _name;
    private readonly long _length;
    private readonly Lock _gate = new();

    // Lists of classes and plain loops: other collections cost 25 ms of compiling in each run.
    private readonly List<Stretch> _stretches = [];

    // The position of each thread. Threads that collect scattered blocks are far apart, and none may drop pages that another is about
    // to read.
    private readonly List<ThreadPosition> _positions = [];
    private volatile bool _canAsk;
    private volatile bool _canReadAtOnce;

    /// <summary>Reads from an open descriptor.</summary>
    /// <param name="file">Borrowed.</param>
    /// <param name="length">Bytes that can be read.</param>
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

    /// <summary>
    /// Brings a stretch into the cache that will be read by one call. Its pages are not dropped before that, however far it is from what is
    /// being read.
    /// </summary>
    public void Announce(long offset, int length)
    {
        lock (_gate)
        {
            for (long number = offset / StretchLength; number <= (offset + length - 1) / StretchLength && _canAsk; number++)
            {
                int index = Find(number);
                if (index < 0)
                {
                    index = ~index;
                    _stretches.Insert(index, Ask(number));
                }

                _stretches[index].Announced++;
            }

            // Without knowing what was there before, all that is brought in would be dropped, or stay.
            if (!_canAsk)
            {
                return;
            }
        }

        Posix.BeginRead(_file, offset, length);
    }

    /// <summary>Drops the remaining pages.</summary>
    public void Dispose()
    {
        Drop(_stretches);
        _stretches.Clear();
    }

    /// <summary>
    /// Moves on to the place at which a read begins. False if nothing is recorded, because reading itself leaves nothing in the cache.
    /// </summary>
    private bool Enter(long offset, int length)
    {
        long first = offset / StretchLength;
        long last = (offset + Math.Max(length, 1) - 1) / StretchLength;
        List<Stretch>? behind;
        lock (_gate)
        {
            if (!_canAsk && _canReadAtOnce)
            {
                return false;
            }

            Meet(first, last);
            if (!MoveTo(first) && Find(last) >= 0)
            {
                return true;
            }

            for (long number = first; number <= last || (number <= last + Ahead && number * StretchLength < _length); number++)
            {
                int index = Find(number);
                if (index < 0)
                {
                    _stretches.Insert(~index, Ask(number));
                }
            }

            if (!_canAsk && _canReadAtOnce)
            {
                _stretches.Clear();
                return false;
            }

            behind = TakeWhatIsBehind();
        }

        if (behind is not null)
        {
            Drop(behind);
        }

        return true;
    }

    /// <summary>Strikes off an announcement, if there was one.</summary>
    private void Meet(long first, long last)
    {
        for (long number = first; number <= last; number++)
        {
            if (Find(number) is var index and >= 0 && _stretches[index].Announced > 0)
            {
                _stretches[index].Announced--;
            }
        }
    }

    /// <summary>Records where this thread is. False if it was there already.</summary>
    private bool MoveTo(long number)
    {
        int thread = Environment.CurrentManagedThreadId;
        foreach (ThreadPosition position in _positions)
        {
            if (position.Thread == thread)
            {
                bool moved = position.Stretch != number;
                position.Stretch = number;
                return moved;
            }
        }

        _positions.Add(new ThreadPosition(thread) { Stretch = number });
        return true;
    }

    /// <summary>The index of a stretch, or the complement of the index at which it belongs.</summary>
    private int Find(long number)
    {
        int index = 0;
        while (index < _stretches.Count && _stretches[index].Number < number)
        {
            index++;
        }

        return index < _stretches.Count && _stretches[index].Number == number ? index : ~index;
    }

    // A thread that goes to and fro over a border needs no more than it had: stretches ahead are forgotten late.
    private bool IsBehind(Stretch stretch)
    {
        if (stretch.Announced > 0)
        {
            return false;
        }

        foreach (ThreadPosition position in _positions)
        {
            if (stretch.Number >= position.Stretch - Behind && stretch.Number <= position.Stretch + (2 * Ahead))
            {
                return false;
            }
        }

        return true;
    }

    private List<Stretch>? TakeWhatIsBehind()
    {
        int count = 0;
        foreach (Stretch stretch in _stretches)
        {
            count += IsBehind(stretch) ? 1 : 0;
        }

        if (count < Together)
        {
            return null;
        }

        List<Stretch> taken = new(count);
        for (int i = _stretches.Count - 1; i >= 0; i--)
        {
            if (IsBehind(_stretches[i]))
            {
                taken.Insert(0, _stretches[i]);
                _stretches.RemoveAt(i);
            }
        }

        return taken;
    }

    private Stretch Ask(long number)
    {
        Stretch stretch = new(number);
        long offset = number * StretchLength;
        if (offset < _length)
        {
            AddNotCached(stretch.NotCached, offset, Math.Min(offset + StretchLength, _length));
        }

        return stretch;
    }

    // Usually all of a stretch is cached, or nothing. If not, halving finds the borders, to the page.
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

    private void Drop(List<Stretch> stretches)
    {
        long start = 0;
        long end = 0;
        foreach (Stretch stretch in stretches)
        {
            foreach (ByteRun run in stretch.NotCached)
            {
                if (run.Start != end)
                {
                    Drop(start, end);
                    start = run.Start;
                }

                end = run.End;
            }
        }

        Drop(start, end);
    }

    private void Drop(long start, long end)
    {
        if (end > start)
        {
            // Whole pages only: the last one of a file, too.
            long page = Environment.SystemPageSize;
            Posix.DropCache(_file, start, ((end + page - 1) / page * page) - start);
        }
    }

    /// <summary>Returns the bytes that could be read; fewer than asked for if this turns out not to work here.</summary>
    private int ReadAtOnce(Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = Posix.TryReadAtOnce(_file, buffer[done..], offset + done, out int errno);
            if (errno is Errno.NotSupported or Errno.NotImplemented or Errno.Invalid or Errno.NotPermitted)
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

    private sealed class ByteRun(long start, long end)
    {
        public long Start => start;

        public long End => end;
    }

    /// <summary>One stretch, and the parts of it that were not cached before.</summary>
    private sealed class Stretch(long number)
    {
        public long Number => number;

        public List<ByteRun> NotCached { get; } = [];

        /// <summary>Reads that were announced, and have not begun.</summary>
        public int Announced { get; set; }
    }

    /// <summary>The stretch in which a thread has begun to read last.</summary>
    private sealed class ThreadPosition(int thread)
    {
        public int Thread => thread;

        public long Stretch { get; set; }
    }
}
