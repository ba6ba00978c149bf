using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// The alternation for three scales a ≥ b ≥ c ≥ 0. The levels |a−b−c| ≤ a−b+c ≤ a+b−c ≤ a+b+c have the thresholds max(a−b, c), a and a+b between them.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal static unsafe class ThreeScales<T>
    where T : unmanaged, ILanes<T>
{
    /// <inheritdoc cref="GroupFit{T}.Alternate"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Alternate(in CountedMagnitudes<T> x, T* scales, int rounds, T* best, ref T bestError)
    {
        var above = stackalloc T[6];
        var (a, b, c) = (scales[0], scales[1], scales[2]);
        T t1 = default, t2 = default, t3 = default;
        var n = T.Create(x.Length);
        var inverse = T.Create(1) / n;
        var smallest = T.Create(ScalePivot.Smallest(x.Length));
        var error = T.Create(float.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            var (last1, last2, last3) = (t1, t2, t3);
            t1 = CountedMagnitudes<T>.Threshold(T.Max(a - b, c));
            t2 = CountedMagnitudes<T>.Threshold(a);
            t3 = CountedMagnitudes<T>.Threshold(a + b);
            if (T.AllEqual(t1, last1) && T.AllEqual(t2, last2) && T.AllEqual(t3, last3))
            {
                break;
            }

            // A lane that has settled stays as it is to the bit, however long its neighbours go on.
            var settled = T.Equal(t1, last1) & T.Equal(t2, last2) & T.Equal(t3, last3);

            x.Above(t1, t2, t3, above);
            var (n1, n2, n3) = (above[0], above[1], above[2]);
            var (s1, s2, s3) = (above[3], above[4], above[5]);

            // What the levels leave of the sum of each region.
            var lowest = a - b - c;
            var sign = lowest & T.Create(-0f);
            var (l0, l1, l2, l3) = (T.Abs(lowest), a - b + c, a + b - c, a + b + c);
            var (sum0, sum1, sum2, sum3) = (x.Sum - s1, s1 - s2, s2 - s3, s3);
            var r0 = sum0 - (n - n1) * l0;
            var r1 = sum1 - (n1 - n2) * l1;
            var r2 = sum2 - (n2 - n3) * l2;
            var r3 = sum3 - n3 * l3;
            var before = x.SquaredNorm - (l0 * (r0 + sum0) + l1 * (r1 + sum1) + (l2 * (r2 + sum2) + l3 * (r3 + sum3)));

            // BᵀB = [n p q; p n r; q r n], Bᵀ(x − B·α) = (u, v, w).
            r0 ^= sign;
            var u = r0 + r1 + (r2 + r3);
            var v = r2 + r3 - (r0 + r1);
            var w = r1 + r3 - (r0 + r2);
            var p = n2 + n2 - n;
            var q = n1 - n2 + n3;
            q = q + q - n;
            var r = n3 - n1;
            r = r + r + n;

            // LDLᵀ. A plane that depends on those before it keeps its scale.
            var f21 = p * inverse;
            var f31 = q * inverse;
            var d2 = n - p * f21;
            var m = r - q * f21;
            var inverse2 = T.GreaterOrEqual(d2, smallest) & (T.Create(1) / d2);
            var f32 = m * inverse2;
            var d3 = n - q * f31 - m * f32;
            var y = v - f21 * u;
            var z = w - f31 * u - f32 * y;
            z = T.GreaterOrEqual(d3, smallest) & (z / d3);
            y = y * inverse2 - f32 * z;
            var d = u * inverse - f21 * y - f31 * z;
            error = T.Select(settled, error, before - (d * u + y * v + z * w));

            (d, y, z) = (T.Abs(a + d), T.Abs(b + y), T.Abs(c + z));
            (d, y) = (T.Max(d, y), T.Min(d, y));
            (d, z) = (T.Max(d, z), T.Min(d, z));
            (y, z) = (T.Max(y, z), T.Min(y, z));
            (a, b, c) = (T.Select(settled, a, d), T.Select(settled, b, y), T.Select(settled, c, z));
            var better = T.Less(error, bestError);
            bestError = T.Select(better, error, bestError);
            best[0] = T.Select(better, a, best[0]);
            best[1] = T.Select(better, b, best[1]);
            best[2] = T.Select(better, c, best[2]);
        }

        scales[0] = a;
        scales[1] = b;
        scales[2] = c;
        return error;
    }
}
