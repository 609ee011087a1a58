using System.Security.Cryptography;
using BinarySync.Format;
using BinarySync.Storage.Files;

namespace BinarySync.Sync.Messages;

/// <summary>
/// The tag of a piece of a message, by a key that nobody outside this process knows. So nobody can look for another piece with the same
/// tag, although it is made three times as fast as a SHA-256: by GMAC (NIST SP 800-38D), whose tags must stay in the process, as these do.
/// Where the system has no GMAC, by SHA-256 of the key and the bytes. Not safe from several threads.
/// </summary>
internal sealed class PieceTag : IDisposable
{
    /// <summary>Bytes of a tag.</summary>
    public const int Length = 16;

    private const int KeyLength = 16;

    // A piece may be larger than what is read at once: then its tag is that of the tags of its slices.
    private const int NonceLength = 12;
    private const int MostSlices = MessagePins.LargestPiece / MessagePins.SmallestPiece;

    private static readonly byte[] _nonceOfSlice = new byte[NonceLength];
    private static readonly byte[] _nonceOfList = [.. new byte[NonceLength - 1], 1];

    private readonly byte[] _key;
    private readonly AesGcm? _gcm;
    private readonly byte[] _list = new byte[MostSlices * Length];
    private int _slices;

    public PieceTag(byte[] key)
    {
        _key = key;
        _gcm = SystemCryptography.IsThere && AesGcm.IsSupported ? new AesGcm(key, Length) : null;
    }

    /// <summary>A key that nobody can foresee.</summary>
    public static byte[] NewKey()
    {
        byte[] key = new byte[KeyLength];
        RandomBytes.Fill(key);
        return key;
    }

    /// <summary>Takes the next slice of a piece.</summary>
    /// <param name="slice"><see cref="MessagePins.SmallestPiece"/> bytes; fewer, but not none, at the end of the file.</param>
    public void Append(ReadOnlySpan<byte> slice) => Tag(_nonceOfSlice, slice, _list.AsSpan(_slices++ * Length, Length));

    /// <summary>Writes the tag of the piece, and begins anew.</summary>
    public void Finish(Span<byte> tag)
    {
        if (_slices == 1)
        {
            _list.AsSpan(0, Length).CopyTo(tag);
        }
        else
        {
            Tag(_nonceOfList, _list.AsSpan(0, _slices * Length), tag);
        }

        _slices = 0;
    }

    /// <summary>The tag of a piece that is in memory as a whole.</summary>
    public void Of(ReadOnlySpan<byte> piece, Span<byte> tag)
    {
        for (int at = 0; at < piece.Length; at += MessagePins.SmallestPiece)
        {
            Append(piece[at..Math.Min(piece.Length, at + MessagePins.SmallestPiece)]);
        }

        Finish(tag);
    }

    public void Dispose() => _gcm?.Dispose();

    private void Tag(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> bytes, Span<byte> tag)
    {
        if (_gcm is not null)
        {
            _gcm.Encrypt(nonce, [], [], tag, bytes);
            return;
        }

        using RunningHash hash = BlockHash.Sha256.StartBlock();
        Span<byte> value = stackalloc byte[BlockHash.Sha256.Length];
        hash.Append(_key);
        hash.Append(nonce);
        hash.Append(bytes);
        hash.Finish(value);
        value[..Length].CopyTo(tag);
    }
}
