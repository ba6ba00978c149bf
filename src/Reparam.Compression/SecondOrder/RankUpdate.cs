using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Compression.SecondOrder;

/// <summary>
/// acc[j] += Σ_c M[c, j]·δ[c] for 16 rows of a matrix at a time, one in each lane. Each product is fused with its sum and the order of the columns is fixed, so
/// the result is the same on every machine.
/// </summary>
internal static unsafe class RankUpdate
{
    /// <summary>Lanes of a vector: rows that are worked on side by side.</summary>
    public const int Lanes = 16;

    /// <summary>Adds the products of several columns.</summary>
    /// <param name="acc">[.., lanes], of which the columns begin to end are changed.</param>
    /// <param name="lanes">Floats of a column of acc and δ, a multiple of 16.</param>
    /// <param name="begin">First column of acc.</param>
    /// <param name="end">Column behind the last.</param>
    /// <param name="matrix">M.</param>
    /// <param name="stride">Floats of a row of M.</param>
    /// <param name="chosen">[count]: the columns c, as rows of M.</param>
    /// <param name="count">Number of columns c.</param>
    /// <param name="delta">[count, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* acc, int lanes, int begin, int end, float* matrix, long stride, int* chosen, int count, float* delta)
    {
        for (var lane = 0; lane < lanes; lane += Lanes)
        {
            var c = 0;
            for (; c + 8 <= count; c += 8)
            {
                Add8(acc + lane, lanes, begin, end, matrix, stride, chosen + c, delta + ((nint)c * lanes) + lane);
            }

            for (; c + 3 <= count; c += 3)
            {
                Add3(acc + lane, lanes, begin, end, matrix, stride, chosen + c, delta + ((nint)c * lanes) + lane);
            }

            for (; c < count; c++)
            {
                Add1(acc + lane, lanes, begin, end, matrix + (chosen[c] * stride), delta + ((nint)c * lanes) + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8(float* acc, int lanes, int begin, int end, float* matrix, long stride, int* chosen, float* delta)
    {
        var m0 = matrix + (chosen[0] * stride);
        var m1 = matrix + (chosen[1] * stride);
        var m2 = matrix + (chosen[2] * stride);
        var m3 = matrix + (chosen[3] * stride);
        var m4 = matrix + (chosen[4] * stride);
        var m5 = matrix + (chosen[5] * stride);
        var m6 = matrix + (chosen[6] * stride);
        var m7 = matrix + (chosen[7] * stride);
        nint step = lanes;
        var d0 = Vector512.Load(delta);
        var d1 = Vector512.Load(delta + step);
        var d2 = Vector512.Load(delta + (2 * step));
        var d3 = Vector512.Load(delta + (3 * step));
        var d4 = Vector512.Load(delta + (4 * step));
        var d5 = Vector512.Load(delta + (5 * step));
        var d6 = Vector512.Load(delta + (6 * step));
        var d7 = Vector512.Load(delta + (7 * step));
        var place = acc + (begin * step);
        for (nint j = begin; j < end; j++)
        {
            var sum = Vector512.Load(place);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m0[j]), d0, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m1[j]), d1, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m2[j]), d2, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m3[j]), d3, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m4[j]), d4, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m5[j]), d5, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m6[j]), d6, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m7[j]), d7, sum);
            sum.Store(place);
            place += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add3(float* acc, int lanes, int begin, int end, float* matrix, long stride, int* chosen, float* delta)
    {
        var m0 = matrix + (chosen[0] * stride);
        var m1 = matrix + (chosen[1] * stride);
        var m2 = matrix + (chosen[2] * stride);
        nint step = lanes;
        var d0 = Vector512.Load(delta);
        var d1 = Vector512.Load(delta + step);
        var d2 = Vector512.Load(delta + (2 * step));
        var place = acc + (begin * step);
        for (nint j = begin; j < end; j++)
        {
            var sum = Vector512.Load(place);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m0[j]), d0, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m1[j]), d1, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(m2[j]), d2, sum);
            sum.Store(place);
            place += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add1(float* acc, int lanes, int begin, int end, float* row, float* delta)
    {
        nint step = lanes;
        var d = Vector512.Load(delta);
        var place = acc + (begin * step);
        for (nint j = begin; j < end; j++)
        {
            Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), d, Vector512.Load(place)).Store(place);
            place += step;
        }
    }
}
