using System.Buffers.Binary;
using System.Numerics;

namespace BinarySync.Format;

/// <summary>
/// SHA-256 (FIPS 180-4) without OpenSSL, which .NET's own needs on Linux: a program that brings its own .NET also runs on a system that has
/// only the C library. Slower: for names, and if there is nothing else (BlockHash).
/// </summary>
internal sealed class ManagedSha256
{
    public const int Length = Words * sizeof(uint);

    private const int Words = 8;
    private const int ChunkLength = 64;
    private const int Rounds = 64;

    private readonly uint[] _state = new uint[Words];
    private readonly byte[] _chunk = new byte[ChunkLength];
    private ulong _length;

    public ManagedSha256() => Start();

    // The fractions of the square roots of the first 8 primes.
    private static ReadOnlySpan<uint> Initial =>
    [
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    ];

    // The fractions of the cube roots of the first 64 primes.
    private static ReadOnlySpan<uint> Constants =>
    [
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
        0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
        0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
        0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
    ];

    /// <summary>The digest of bytes that are in memory as a whole.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        ManagedSha256 hash = new();
        hash.Append(bytes);
        byte[] digest = new byte[Length];
        hash.Finish(digest);
        return digest;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        int kept = (int)(_length % ChunkLength);
        _length += (ulong)bytes.Length;
        if (kept > 0)
        {
            int taken = Math.Min(ChunkLength - kept, bytes.Length);
            bytes[..taken].CopyTo(_chunk.AsSpan(kept));
            bytes = bytes[taken..];
            if (kept + taken < ChunkLength)
            {
                return;
            }

            Compress(_chunk);
        }

        for (; bytes.Length >= ChunkLength; bytes = bytes[ChunkLength..])
        {
            Compress(bytes[..ChunkLength]);
        }

        bytes.CopyTo(_chunk);
    }

    /// <summary>Writes the digest and starts anew.</summary>
    /// <param name="destination"><see cref="Length"/> bytes.</param>
    public void Finish(Span<byte> destination)
    {
        // One bit, zeros, and the length in bits at the end of a chunk.
        ulong bits = _length * 8;
        int kept = (int)(_length % ChunkLength);
        _chunk[kept++] = 0x80;
        if (kept > ChunkLength - sizeof(ulong))
        {
            _chunk.AsSpan(kept).Clear();
            Compress(_chunk);
            kept = 0;
        }

        _chunk.AsSpan(kept).Clear();
        BinaryPrimitives.WriteUInt64BigEndian(_chunk.AsSpan(ChunkLength - sizeof(ulong)), bits);
        Compress(_chunk);
        for (int i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(i * sizeof(uint))..], _state[i]);
        }

        Start();
    }

    private void Start()
    {
        Initial.CopyTo(_state);
        _length = 0;
    }

    private void Compress(ReadOnlySpan<byte> chunk)
    {
        Span<uint> schedule = stackalloc uint[Rounds];
        for (int i = 0; i < ChunkLength / sizeof(uint); i++)
        {
            schedule[i] = BinaryPrimitives.ReadUInt32BigEndian(chunk[(i * sizeof(uint))..]);
        }

        for (int i = ChunkLength / sizeof(uint); i < Rounds; i++)
        {
            uint near = schedule[i - 2], far = schedule[i - 15];
            schedule[i] = schedule[i - 16] + schedule[i - 7]
                + (BitOperations.RotateRight(far, 7) ^ BitOperations.RotateRight(far, 18) ^ (far >> 3))
                + (BitOperations.RotateRight(near, 17) ^ BitOperations.RotateRight(near, 19) ^ (near >> 10));
        }

        uint a = _state[0], b = _state[1], c = _state[2], d = _state[3], e = _state[4], f = _state[5], g = _state[6], h = _state[7];
        for (int i = 0; i < Rounds; i++)
        {
            uint first = h + Constants[i] + schedule[i] + ((e & f) ^ (~e & g))
                + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));
            uint second = ((a & b) ^ (a & c) ^ (b & c))
                + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
