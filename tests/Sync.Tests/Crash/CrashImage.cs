namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// Content of a file or device as a value: every change makes another image, which shares the pages that did not change. So each state of
/// a run costs next to nothing to keep, and one of gigabytes of zeros too.
/// </summary>
internal sealed class CrashImage
{
    public const int Sector = 512;

    private readonly int _pageLength;

    // Null is a page of zeros. A page is never changed once it is here.
    private readonly byte[]?[] _pages;

    private CrashImage(int pageLength, byte[]?[] pages, long length)
    {
        _pageLength = pageLength;
        _pages = pages;
        Length = length;
    }

    public long Length { get; }

    /// <summary>An image of these bytes.</summary>
    /// <param name="pageLength">What is shared or copied at a time; a multiple of a sector.</param>
    public static CrashImage Of(ReadOnlySpan<byte> content, int pageLength) =>
        new CrashImage(pageLength, [], 0).Resize(content.Length).Write(0, content);

    public void Read(Span<byte> buffer, long offset)
    {
        for (int done = 0; done < buffer.Length;)
        {
            (long page, int at, int count) = Part(offset + done, buffer.Length - done);
            Span<byte> part = buffer.Slice(done, count);
            if (_pages[page] is { } bytes)
            {
                bytes.AsSpan(at, count).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += count;
        }
    }

    /// <summary>With bytes written, all inside.</summary>
    public CrashImage Write(long offset, ReadOnlySpan<byte> data)
    {
        byte[]?[] pages = [.. _pages];
        for (int done = 0; done < data.Length;)
        {
            (long page, int at, int count) = Part(offset + done, data.Length - done);
            pages[page] = WithPart(pages[page], at, data.Slice(done, count));
            done += count;
        }

        return new CrashImage(_pageLength, pages, Length);
    }

    /// <summary>With a stretch of another image in its place. What lies past the end of either is left out: it has nowhere to be.</summary>
    public CrashImage CopyFrom(CrashImage other, long offset, long length)
    {
        long end = Math.Min(offset + length, Math.Min(Length, other.Length));
        if (offset >= end)
        {
            return this;
        }

        byte[]?[] pages = [.. _pages];
        for (long at = offset; at < end;)
        {
            (long page, int from, int count) = Part(at, (int)Math.Min(end - at, _pageLength));
            byte[]? source = other._pages[page];
            if (count == _pageLength)
            {
                pages[page] = source;
            }
            else if (source is not null || pages[page] is not null)
            {
                pages[page] = source is null
                    ? WithPart(pages[page], from, new byte[count])
                    : WithPart(pages[page], from, source.AsSpan(from, count));
            }

            at += count;
        }

        return new CrashImage(_pageLength, pages, Length);
    }

    /// <summary>With zeros in a stretch, as far as it exists.</summary>
    public CrashImage Zero(long offset, long length) =>
        CopyFrom(new CrashImage(_pageLength, new byte[]?[_pages.Length], Length), offset, length);

    /// <summary>Cut, or grown by zeros.</summary>
    public CrashImage Resize(long length)
    {
        CrashImage cleared = length < Length ? Zero(length, Length - length) : this;
        byte[]?[] pages = new byte[]?[(length + _pageLength - 1) / _pageLength];
        cleared._pages.AsSpan(0, Math.Min(pages.Length, cleared._pages.Length)).CopyTo(pages);
        return new CrashImage(_pageLength, pages, length);
    }

    public bool SameAs(CrashImage other)
    {
        if (Length != other.Length)
        {
            return false;
        }

        for (int page = 0; page < _pages.Length; page++)
        {
            if (!ReferenceEquals(_pages[page], other._pages[page]) && !PageAt(page).SequenceEqual(other.PageAt(page)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True where two images have the same bytes in a stretch that both have.</summary>
    public bool SameAs(CrashImage other, long offset, long length)
    {
        for (long at = offset; at < offset + length;)
        {
            (long page, int from, int count) = Part(at, (int)Math.Min(offset + length - at, _pageLength));
            if (!ReferenceEquals(_pages[page], other._pages[page])
                && !PageAt(page).Slice(from, count).SequenceEqual(other.PageAt(page).Slice(from, count)))
            {
                return false;
            }

            at += count;
        }

        return true;
    }

    public bool IsZero(long offset, long length) => SameAs(new CrashImage(_pageLength, new byte[]?[_pages.Length], Length), offset, length);

    /// <summary>Adds what it holds to a digest.</summary>
    public void AddTo(StateDigest digest)
    {
        digest.Add(Length);
        for (int page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] is { } bytes && bytes.AsSpan().ContainsAnyExcept((byte)0))
            {
                digest.Add(page);
                digest.Add(bytes);
            }
        }
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        Read(bytes, 0);
        return bytes;
    }

    private ReadOnlySpan<byte> PageAt(long page) => _pages[page] ?? Zeros(_pageLength);

    private (long Page, int At, int Count) Part(long offset, int left)
    {
        int at = (int)(offset % _pageLength);
        return (offset / _pageLength, at, Math.Min(left, _pageLength - at));
    }

    private byte[]? WithPart(byte[]? page, int at, ReadOnlySpan<byte> part)
    {
        if ((page is null || part.Length == _pageLength) && !part.ContainsAnyExcept((byte)0))
        {
            return null;
        }

        byte[] bytes = page is null ? new byte[_pageLength] : [.. page];
        part.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static readonly byte[] ZeroPage = new byte[64 << 10];

    private static ReadOnlySpan<byte> Zeros(int length) => ZeroPage.AsSpan(0, length);
}
