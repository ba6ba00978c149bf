using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// The alternation for four scales a ≥ b ≥ c ≥ d ≥ 0. Which of the levels a+b−c−d and a−b+c+d is the larger, and where |a−b−c−d| and |a−b−c+d| lie,
/// depends on the scales; five exchanges bring the levels into order.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal static unsafe class FourScales<T>
    where T : unmanaged, ILanes<T>
{
    private const int Levels = 8;
    private const int Thresholds = Levels - 1;

    /// <inheritdoc cref="GroupFit{T}.Alternate"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Alternate(in CountedMagnitudes<T> x, T* scales, int rounds, T* best, ref T bestError)
    {
        var levels = stackalloc T[Levels];
        var signs = stackalloc T[Levels];
        var thresholds = stackalloc T[Thresholds];
        var above = stackalloc T[2 * Thresholds];
        var error = T.Create(float.MaxValue);
        T settled = default;
        for (var i = 0; i < Thresholds; i++)
        {
            thresholds[i] = default;
        }

        for (var round = 0; round < rounds; round++)
        {
            Form(scales, levels, signs);
            if (!Move(thresholds, levels, ref settled))
            {
                break;
            }

            x.Above(thresholds, above);
            Refit(x, above, levels, signs, settled, scales, ref error);
            var better = T.Less(error, bestError);
            bestError = T.Select(better, error, bestError);
            for (var i = 0; i < 4; i++)
            {
                best[i] = T.Select(better, scales[i], best[i]);
            }
        }

        return error;
    }

    /// <summary>The levels, ascending, and at each the signs that sum to it.</summary>
    /// <param name="scales">[4], descending.</param>
    /// <param name="levels">[8].</param>
    /// <param name="signs">[8]; see <see cref="Signs"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Form(T* scales, T* levels, T* signs)
    {
        var (a, b, c, d) = (scales[0], scales[1], scales[2], scales[3]);
        var (sum, difference) = (a + b, a - b);
        var (low, high) = (c - d, c + d);
        levels[7] = sum + high;
        signs[7] = Signs(false, false, false);
        levels[6] = sum + low;
        signs[6] = Signs(false, false, true);
        levels[5] = sum - low;
        signs[5] = Signs(false, true, false);

        var (l4, s4) = (sum - high, Signs(false, true, true));
        var (l3, s3) = (difference + high, Signs(true, false, false));
        var (l2, s2) = (difference + low, Signs(true, false, true));
        var (l1, s1) = Magnitude(difference - low, Signs(true, true, false));
        var (l0, s0) = Magnitude(difference - high, Signs(true, true, true));
        Order(ref l3, ref l4, ref s3, ref s4);
        Order(ref l0, ref l3, ref s0, ref s3);
        Order(ref l1, ref l2, ref s1, ref s2);
        Order(ref l0, ref l2, ref s0, ref s2);
        Order(ref l0, ref l1, ref s0, ref s1);
        (levels[0], levels[1], levels[2], levels[3], levels[4]) = (l0, l1, l2, l3, l4);
        (signs[0], signs[1], signs[2], signs[3], signs[4]) = (s0, s1, s2, s3, s4);
    }

    // Bits 31 to 28: a, b, c, d is subtracted. Bits 27 to 22: the product of the signs of ab, ac, ad, bc, bd, cd is negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Signs(bool b, bool c, bool d) => T.Create(BitConverter.UInt32BitsToSingle(
        (b ? 1u << 30 | 1u << 27 : 0) ^ (c ? 1u << 29 | 1u << 26 : 0) ^ (d ? 1u << 28 | 1u << 25 : 0)
        ^ (b != c ? 1u << 24 : 0) ^ (b != d ? 1u << 23 : 0) ^ (c != d ? 1u << 22 : 0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T Level, T Signs) Magnitude(T level, T signs) =>
        (T.Abs(level), signs ^ (T.Less(level, default) & T.Create(BitConverter.UInt32BitsToSingle(0xF0000000))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Order(ref T low, ref T high, ref T lowSigns, ref T highSigns)
    {
        var swap = T.Less(high, low);
        (low, high) = (T.Min(low, high), T.Max(low, high));
        (lowSigns, highSigns) = (T.Select(swap, highSigns, lowSigns), T.Select(swap, lowSigns, highSigns));
    }

    // A lane that has settled stays as it is to the bit, however long its neighbours go on.
    private static bool Move(T* thresholds, T* levels, ref T settled)
    {
        var half = T.Create(0.5f);
        var moved = false;
        settled = T.Equal(half, half);
        for (var i = 0; i < Thresholds; i++)
        {
            var threshold = CountedMagnitudes<T>.Threshold((levels[i] + levels[i + 1]) * half);
            moved |= !T.AllEqual(threshold, thresholds[i]);
            settled &= T.Equal(threshold, thresholds[i]);
            thresholds[i] = threshold;
        }

        return moved;
    }

    // Least squares for the scales at the codes of the levels: BᵀB·δ = Bᵀ(x − B·α), α ← |α + δ|, by LDLᵀ. A plane that depends on those before it keeps its
    // scale.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Refit(in CountedMagnitudes<T> x, T* above, T* levels, T* signs, T settled, T* scales, ref T lastError)
    {
        var minus = T.Create(-0f);
        T ra = default, rb = default, rc = default, rd = default;
        T ab = default, ac = default, ad = default, bc = default, bd = default, cd = default;
        var error = x.SquaredNorm;
        var n = T.Create(x.Length);
        var (number, sum) = (n, x.Sum);
        for (var r = 0; r < Levels; r++)
        {
            var (numberHere, sumHere) = (number, sum);
            if (r < Thresholds)
            {
                (number, sum) = (above[r], above[Thresholds + r]);
                numberHere -= number;
                sumHere -= sum;
            }

            var s = signs[r];
            var remainder = sumHere - numberHere * levels[r];
            error -= levels[r] * (remainder + sumHere);
            ra += remainder ^ (s & minus);
            rb += remainder ^ (T.ShiftLeft(s, 1) & minus);
            rc += remainder ^ (T.ShiftLeft(s, 2) & minus);
            rd += remainder ^ (T.ShiftLeft(s, 3) & minus);
            ab += numberHere ^ (T.ShiftLeft(s, 4) & minus);
            ac += numberHere ^ (T.ShiftLeft(s, 5) & minus);
            ad += numberHere ^ (T.ShiftLeft(s, 6) & minus);
            bc += numberHere ^ (T.ShiftLeft(s, 7) & minus);
            bd += numberHere ^ (T.ShiftLeft(s, 8) & minus);
            cd += numberHere ^ (T.ShiftLeft(s, 9) & minus);
        }

        var one = T.Create(1);
        var smallest = T.Create(ScalePivot.Smallest(x.Length));
        var ia = one / n;
        var (fb, fc, fd) = (ab * ia, ac * ia, ad * ia);
        var (b, c, d) = (n - ab * fb, n - ac * fc, n - ad * fd);
        bc -= ac * fb;
        bd -= ad * fb;
        cd -= ad * fc;
        var ib = T.GreaterOrEqual(b, smallest) & (one / b);
        var (gc, gd) = (bc * ib, bd * ib);
        c -= bc * gc;
        d -= bd * gd;
        cd -= bd * gc;
        var ic = T.GreaterOrEqual(c, smallest) & (one / c);
        var hd = cd * ic;
        d -= cd * hd;

        var yb = rb - fb * ra;
        var yc = rc - fc * ra - gc * yb;
        var yd = rd - fd * ra - gd * yb - hd * yc;
        var zd = T.GreaterOrEqual(d, smallest) & (yd / d);
        var zc = yc * ic - hd * zd;
        var zb = yb * ib - gc * zc - gd * zd;
        var za = ra * ia - fb * zb - fc * zc - fd * zd;
        error -= za * ra + zb * rb + (zc * rc + zd * rd);
        lastError = T.Select(settled, lastError, error);

        var (p, q) = (T.Abs(scales[0] + za), T.Abs(scales[1] + zb));
        var (u, v) = (T.Abs(scales[2] + zc), T.Abs(scales[3] + zd));
        (p, q) = (T.Max(p, q), T.Min(p, q));
        (u, v) = (T.Max(u, v), T.Min(u, v));
        var (middle, other) = (T.Max(q, v), T.Min(p, u));
        scales[0] = T.Select(settled, scales[0], T.Max(p, u));
        scales[1] = T.Select(settled, scales[1], T.Max(other, middle));
        scales[2] = T.Select(settled, scales[2], T.Min(other, middle));
        scales[3] = T.Select(settled, scales[3], T.Min(q, v));
    }
}
