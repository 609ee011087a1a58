using System.Runtime.ExceptionServices;
using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>
/// The runs of a checksum file, in order. A separate thread may read them ahead, section by section: reading and hashing a checksum file is
/// nearly all of the work, and two of them are compared. Errors are thrown at the same place as without that thread.
/// </summary>
internal sealed class ChecksumRuns : IDisposable
{
    // One in use, one ready, one being read.
    private const int Sections = 3;

    private readonly ChecksumFileReader _reader;
    private readonly CoveredRoot? _root;
    private readonly Thread? _thread;
    private readonly object _gate = new();
    private readonly Queue<ChecksumSection> _free = new();
    private readonly Queue<ChecksumSection> _ready = new();
    private ChecksumSection? _current;
    private int _nextRun;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The runs of everything that the file covers, read on demand.</summary>
    public ChecksumRuns(ChecksumFileReader reader) => _reader = reader;

    /// <summary>The runs, and the root of their compared part.</summary>
    /// <param name="reader">Only the header has been read.</param>
    /// <param name="compared">The compared coverage.</param>
    /// <param name="ahead">
    /// Read ahead, if reads of the input end by themselves: a thread that waits for a pipe could not be called back.
    /// </param>
    public ChecksumRuns(ChecksumFileReader reader, BlockCoverage compared, bool ahead)
        : this(reader)
    {
        BlockCoverage covered = compared.ClipTo(reader.Geometry.BlockCount);

        // If the compared coverage is exactly the file's, the root is the file's own, which the reader has checked.
        _root = covered.Equals(reader.Header.Coverage) ? null : new CoveredRoot(reader.Geometry, reader.Header.Hash, covered);
        if (ahead && reader.CanSeek)
        {
            _thread = Start();
        }
    }

    /// <summary>The root of the compared part, once <see cref="ReadRun"/> has returned false.</summary>
    public ReadOnlyMemory<byte> FinishRoot() => _root?.Finish() ?? _reader.Trailer.Root;

    /// <summary>The next run, as <see cref="ChecksumFileReader.ReadRun"/> gives it.</summary>
    public bool ReadRun(out ChecksumRun run)
    {
        if (_thread is null)
        {
            bool found = _reader.ReadRun(out run);
            if (found)
            {
                _root?.Add(run);
            }

            return found;
        }

        while (_current is null || _nextRun == _current.Runs.Count)
        {
            if (!NextSection())
            {
                run = default;
                return false;
            }
        }

        run = _current.Runs[_nextRun++];
        return true;
    }

    public void Dispose()
    {
        if (_thread is not null)
        {
            lock (_gate)
            {
                _ended = true;
                Monitor.PulseAll(_gate);
            }

            _thread.Join();
        }

        _root?.Dispose();
    }

    private Thread? Start()
    {
        for (int i = 0; i < Sections; i++)
        {
            _free.Enqueue(new ChecksumSection());
        }

        Thread thread = new(ReadAhead) { IsBackground = true, Name = "checksums ahead" };
        try
        {
            thread.Start();
            return thread;
        }
        catch (Exception exception) when (exception is ThreadStartException or OutOfMemoryException)
        {
            // The system gives no more threads: the caller's thread does the work.
            return null;
        }
    }

    private bool NextSection()
    {
        lock (_gate)
        {
            if (_current is not null)
            {
                _free.Enqueue(_current);
                _current = null;
                Monitor.PulseAll(_gate);
            }

            while (_ready.Count == 0 && !_ended)
            {
                Monitor.Wait(_gate);
            }

            if (_ready.Count == 0)
            {
                _failure?.Throw();
                return false;
            }

            _current = _ready.Dequeue();
            _nextRun = 0;
            return true;
        }
    }

    private void ReadAhead()
    {
        try
        {
            while (TakeFree() is { } section && _reader.ReadSection(section))
            {
                for (int i = 0; _root is not null && i < section.Runs.Count; i++)
                {
                    _root.Add(section.Runs[i]);
                }

                lock (_gate)
                {
                    _ready.Enqueue(section);
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    // Null when no more is wanted.
    private ChecksumSection? TakeFree()
    {
        lock (_gate)
        {
            while (_free.Count == 0 && !_ended)
            {
                Monitor.Wait(_gate);
            }

            return _ended ? null : _free.Dequeue();
        }
    }
}
