using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    // Bytes of a step: four vectors whose products do not wait for one another.
    private const int Step = 32;

    // Sums of a vector.
    private const int Lanes = 8;

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
            sum = Avx2.IsSupported ? AppendStepsAvx2(sum, bytes[..whole]) : AppendSteps(sum, bytes[..whole]);
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

    /// <summary>The sums of a window that is moved on byte by byte.</summary>
    /// <param name="sum">The sum of the window.</param>
    /// <param name="leaving">Its first bytes.</param>
    /// <param name="entering">As many bytes behind it.</param>
    /// <param name="power"><see cref="Power"/> of its length.</param>
    /// <param name="sums">Gets as many sums: after one byte, after two, and so on.</param>
    public static void RollAll(uint sum, ReadOnlySpan<byte> leaving, ReadOnlySpan<byte> entering, uint power, Span<uint> sums)
    {
        entering = entering[..leaving.Length];
        sums = sums[..leaving.Length];
        int done = 0;
        if (Avx2.IsSupported && leaving.Length >= Lanes)
        {
            done = leaving.Length - (leaving.Length % Lanes);
            RollAvx2(sum, leaving[..done], entering[..done], power, sums[..done]);
            sum = sums[done - 1];
        }

        for (; done < sums.Length; done++)
        {
            sum = Roll(sum, leaving[done], entering[done], power);
            sums[done] = sum;
        }
    }

    // What each byte adds; then each lane adds what the lanes before it have, in three steps; then what the sum before all of them adds.
    private static void RollAvx2(uint sum, ReadOnlySpan<byte> leaving, ReadOnlySpan<byte> entering, uint power, Span<uint> sums)
    {
        Vector256<uint> powerOfAll = Vector256.Create(power);
        Vector256<uint> seed = Vector256.Create(Multiplier - 1);
        Vector256<uint> by1 = Vector256.Create(Power(1));
        Vector256<uint> by2 = Vector256.Create(Power(2));
        Vector256<uint> by4 = Vector256.Create(Power(4));
        Vector256<uint> places = Vector256.Create(Power(1), Power(2), Power(3), Power(4), Power(5), Power(6), Power(7), Power(8));
        Vector256<uint> before1 = Vector256.Create(0u, 0, 1, 2, 3, 4, 5, 6);
        Vector256<uint> before2 = Vector256.Create(0u, 0, 0, 1, 2, 3, 4, 5);
        uint ofLanes = Power(Lanes);
        ReadOnlySpan<ulong> outs = MemoryMarshal.Cast<byte, ulong>(leaving);
        ReadOnlySpan<ulong> ins = MemoryMarshal.Cast<byte, ulong>(entering)[..outs.Length];
        Span<Vector256<uint>> results = MemoryMarshal.Cast<uint, Vector256<uint>>(sums)[..outs.Length];
        for (int i = 0; i < outs.Length; i++)
        {
            Vector256<uint> own = Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(ins[i]).AsByte()).AsUInt32()
                - ((Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(outs[i]).AsByte()).AsUInt32() + seed) * powerOfAll);
            own += Avx2.Blend(Avx2.PermuteVar8x32(own * by1, before1), Vector256<uint>.Zero, 0b0000_0001);
            own += Avx2.Blend(Avx2.PermuteVar8x32(own * by2, before2), Vector256<uint>.Zero, 0b0000_0011);
            Vector256<uint> half = own * by4;
            own += Avx2.Permute2x128(half, half, 0b0000_1000);
            results[i] = own + (Vector256.Create(sum) * places);
            sum = (sum * ofLanes) + own[Lanes - 1];
        }
    }

    // Each lane takes every 32nd byte, and at the end the power of its place.
    private static uint AppendStepsAvx2(uint sum, ReadOnlySpan<byte> bytes)
    {
        Vector256<uint> step = Vector256.Create(_stepPower);
        Vector256<uint> a = default;
        Vector256<uint> b = default;
        Vector256<uint> c = default;
        Vector256<uint> d = default;
        uint power = 1;
        foreach (ref readonly Vector256<byte> next in MemoryMarshal.Cast<byte, Vector256<byte>>(bytes))
        {
            Vector128<byte> lower = next.GetLower();
            Vector128<byte> upper = next.GetUpper();
            a = (a * step) + Avx2.ConvertToVector256Int32(lower).AsUInt32();
            b = (b * step) + Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(lower, 8)).AsUInt32();
            c = (c * step) + Avx2.ConvertToVector256Int32(upper).AsUInt32();
            d = (d * step) + Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(upper, 8)).AsUInt32();
            power *= _stepPower;
        }

        ReadOnlySpan<Vector256<uint>> places = MemoryMarshal.Cast<uint, Vector256<uint>>(_ofStep);
        return (sum * power) + Vector256.Sum((a * places[0]) + (b * places[1]) + (c * places[2]) + (d * places[3]));
    }

    private static uint AppendSteps(uint sum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> places = _ofStep;
        for (; bytes.Length > 0; bytes = bytes[Step..])
        {
            uint own = 0;
            for (int i = 0; i < Step; i++)
            {
                own += bytes[i] * places[i];
            }

            sum = (sum * _stepPower) + own;
        }

        return sum;
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
