using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BinarySync.Format;

/// <summary>
/// The rolling sum of Format.md 6.1: a polynomial modulo 2^32 over the bytes, which can be moved on by one byte at little cost. The same as
/// librsync's RabinKarp. It finds places that may have the content of a block; it proves nothing.
/// </summary>
public static class RollingSum
{
    /// <summary>The sum of no bytes.</summary>
    public const uint Seed = 1;

    /// <summary>Bytes of a sum in a message.</summary>
    public const int Length = sizeof(uint);

    /// <summary>The minor version of the format that came with it.</summary>
    public const byte SinceMinor = 1;

    private const uint Multiplier = 0x08104225;

    // Bytes of a step: eight vectors whose products do not wait for one another.
    private const int Step = 32;

    private static readonly uint[] _ofStep = Powers(Step);
    private static readonly uint _stepPower = Power(Step);

    /// <summary>The sum of these bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(Seed, bytes);

    /// <summary>The sum of the bytes that have this sum, and these behind them.</summary>
    public static uint Append(uint sum, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= Step)
        {
            int whole = bytes.Length - (bytes.Length % Step);
            sum = AppendSteps(sum, bytes[..whole]);
            bytes = bytes[whole..];
        }

        foreach (byte one in bytes)
        {
            sum = (sum * Multiplier) + one;
        }

        return sum;
    }

    /// <summary>What <see cref="Roll"/> needs to know of the length of its window.</summary>
    /// <param name="length">Bytes of the window.</param>
    public static uint Power(long length)
    {
        uint power = 1;
        for (uint square = Multiplier; length > 0; length >>= 1, square *= square)
        {
            power *= (length & 1) != 0 ? square : 1;
        }

        return power;
    }

    /// <summary>The sum of a window that is moved on by one byte.</summary>
    /// <param name="sum">The sum of the window.</param>
    /// <param name="leaving">Its first byte.</param>
    /// <param name="entering">The byte behind it.</param>
    /// <param name="power"><see cref="Power"/> of its length.</param>
    public static uint Roll(uint sum, byte leaving, byte entering, uint power) =>
        (sum * Multiplier) + entering - ((leaving + Multiplier - 1) * power);

    /// <summary>What each byte takes away from a sum when it leaves a window: the table that <see cref="RollAll"/> needs.</summary>
    /// <param name="length">Bytes of the window.</param>
    public static uint[] Leaving(long length)
    {
        uint power = Power(length);
        uint[] leaving = new uint[byte.MaxValue + 1];
        for (int i = 0; i < leaving.Length; i++)
        {
            leaving[i] = ((uint)i + Multiplier - 1) * power;
        }

        return leaving;
    }

    /// <summary>The sums of a window that is moved on byte by byte.</summary>
    /// <param name="sum">The sum of the window.</param>
    /// <param name="leaving">Its first bytes.</param>
    /// <param name="entering">As many bytes behind it.</param>
    /// <param name="taken"><see cref="Leaving"/> of its length.</param>
    /// <param name="sums">Gets as many sums: after one byte, after two, and so on.</param>
    public static void RollAll(uint sum, ReadOnlySpan<byte> leaving, ReadOnlySpan<byte> entering, uint[] taken, Span<uint> sums)
    {
        entering = entering[..leaving.Length];
        sums = sums[..leaving.Length];
        int done = 0;

        // What four bytes add is computed while the four before them are: one product waits for another once in four bytes.
        uint power2 = Power(2);
        uint power3 = Power(3);
        uint power4 = Power(4);
        for (; done + 4 <= leaving.Length; done += 4)
        {
            ReadOnlySpan<byte> outs = leaving.Slice(done, 4);
            ReadOnlySpan<byte> ins = entering.Slice(done, 4);
            Span<uint> results = sums.Slice(done, 4);
            uint first = ins[0] - taken[outs[0]];
            uint second = (first * Multiplier) + (ins[1] - taken[outs[1]]);
            uint third = (second * Multiplier) + (ins[2] - taken[outs[2]]);
            uint fourth = (third * Multiplier) + (ins[3] - taken[outs[3]]);
            results[0] = (sum * Multiplier) + first;
            results[1] = (sum * power2) + second;
            results[2] = (sum * power3) + third;
            sum = (sum * power4) + fourth;
            results[3] = sum;
        }

        for (; done < sums.Length; done++)
        {
            sum = (sum * Multiplier) + entering[done] - taken[leaving[done]];
            sums[done] = sum;
        }
    }

    // Each lane takes every 32nd byte, and at the end the power of its place.
    private static uint AppendSteps(uint sum, ReadOnlySpan<byte> bytes)
    {
        Vector128<uint> step = Vector128.Create(_stepPower);
        Vector128<uint> a = default;
        Vector128<uint> b = default;
        Vector128<uint> c = default;
        Vector128<uint> d = default;
        Vector128<uint> e = default;
        Vector128<uint> f = default;
        Vector128<uint> g = default;
        Vector128<uint> h = default;
        uint stepPower = _stepPower;
        uint power = 1;
        ReadOnlySpan<Vector128<byte>> halves = MemoryMarshal.Cast<byte, Vector128<byte>>(bytes);
        for (int i = 0; i + 1 < halves.Length; i += 2)
        {
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(halves[i]);
            a = (a * step) + Vector128.WidenLower(lower);
            b = (b * step) + Vector128.WidenUpper(lower);
            c = (c * step) + Vector128.WidenLower(upper);
            d = (d * step) + Vector128.WidenUpper(upper);
            (lower, upper) = Vector128.Widen(halves[i + 1]);
            e = (e * step) + Vector128.WidenLower(lower);
            f = (f * step) + Vector128.WidenUpper(lower);
            g = (g * step) + Vector128.WidenLower(upper);
            h = (h * step) + Vector128.WidenUpper(upper);
            power *= stepPower;
        }

        ReadOnlySpan<Vector128<uint>> places = MemoryMarshal.Cast<uint, Vector128<uint>>(_ofStep);
        Vector128<uint> own = (a * places[0]) + (b * places[1]) + (c * places[2]) + (d * places[3])
            + (e * places[4]) + (f * places[5]) + (g * places[6]) + (h * places[7]);
        return (sum * power) + Vector128.Sum(own);
    }

    // The powers by which the bytes of a step are multiplied: the first byte has the highest.
    private static uint[] Powers(int count)
    {
        uint[] powers = new uint[count];
        for (int i = 0; i < count; i++)
        {
            powers[i] = Power(count - 1 - i);
        }

        return powers;
    }
}
