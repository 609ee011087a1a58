namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>
/// Content of a file or device: a length, bytes and holes. Takes memory for pages that are not zeros only, so that a terabyte of them is
/// a number; copies share their pages until one of them is written. Not safe from several threads.
/// </summary>
public sealed class DiskImage
{
    private const int PageLength = 4096;

    private readonly Dictionary<long, Page> _pages = [];

    public long Length { get; private set; }

    /// <summary>What a file system would call holes. They read as zeros, unless <see cref="ClaimHole"/> made a lie.</summary>
    public ByteRanges Holes { get; private init; } = new();

    public static DiskImage Of(ReadOnlySpan<byte> content)
    {
        DiskImage image = new() { Length = content.Length };
        image.Write(content, 0);
        return image;
    }

    /// <summary>One hole.</summary>
    public static DiskImage Sparse(long length)
    {
        DiskImage image = new();
        image.SetLength(length);
        return image;
    }

    public void Read(Span<byte> buffer, long offset)
    {
        for (int done = 0; done < buffer.Length;)
        {
            (long page, int at, int count) = Part(offset + done, buffer.Length - done);
            Span<byte> part = buffer.Slice(done, count);
            if (_pages.TryGetValue(page, out Page? found))
            {
                found.Bytes.AsSpan(at, count).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += count;
        }
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        Holes.Remove(offset, offset + data.Length);
        for (int done = 0; done < data.Length;)
        {
            (long page, int at, int count) = Part(offset + done, data.Length - done);
            ReadOnlySpan<byte> part = data.Slice(done, count);
            if (_pages.ContainsKey(page) || !ZeroBlocks.IsZero(part))
            {
                part.CopyTo(OwnPage(page).AsSpan(at));
            }

            done += count;
        }
    }

    /// <summary>Zeros that take room.</summary>
    public void Zero(long offset, long length)
    {
        Holes.Remove(offset, offset + length);
        Clear(offset, offset + length);
    }

    /// <summary>A hole.</summary>
    public void Punch(long offset, long length)
    {
        Clear(offset, offset + length);
        Holes.Add(offset, offset + length);
    }

    /// <summary>A file system that lies: it calls a hole what is data.</summary>
    public void ClaimHole(long offset, long length) => Holes.Add(offset, offset + length);

    /// <summary>Cuts, or grows by a hole.</summary>
    public void SetLength(long length)
    {
        if (length < Length)
        {
            Clear(length, Length);
            Holes.Remove(length, Length);
        }
        else
        {
            Holes.Add(Length, length);
        }

        Length = length;
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        Read(bytes, 0);
        return bytes;
    }

    public DiskImage Copy()
    {
        DiskImage copy = new() { Length = Length, Holes = Holes.Copy() };
        foreach ((long number, Page page) in _pages)
        {
            page.IsShared = true;
            copy._pages.Add(number, page);
        }

        return copy;
    }

    private static (long Page, int At, int Count) Part(long offset, int left)
    {
        int at = (int)(offset % PageLength);
        return (offset / PageLength, at, Math.Min(left, PageLength - at));
    }

    private void Clear(long offset, long end)
    {
        // A terabyte may be cleared in which a few pages exist.
        bool fewPages = (end - offset) / PageLength > _pages.Count;
        IEnumerable<long> pages = fewPages
            ? [.. _pages.Keys.Where(page => page >= offset / PageLength && page * PageLength < end)]
            : Enumerable.Range(
                0, (int)(((end + PageLength - 1) / PageLength) - (offset / PageLength))).Select(i => (offset / PageLength) + i);
        foreach (long page in pages)
        {
            if (_pages.ContainsKey(page))
            {
                int from = (int)Math.Max(0, offset - (page * PageLength));
                int to = (int)Math.Min(PageLength, end - (page * PageLength));
                OwnPage(page).AsSpan(from, to - from).Clear();
            }
        }
    }

    // A page that no other image has: what was shared once stays so, for nobody knows who still has it.
    private byte[] OwnPage(long number)
    {
        if (!_pages.TryGetValue(number, out Page? page) || page.IsShared)
        {
            _pages[number] = page = new Page(page is null ? new byte[PageLength] : [.. page.Bytes]);
        }

        return page.Bytes;
    }

    private sealed class Page(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public bool IsShared { get; set; }
    }
}
