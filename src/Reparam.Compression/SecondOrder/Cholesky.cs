using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reparam.Compression.SecondOrder;

/// <summary>Cholesky factorization in double precision, in blocks of rows; the order of every sum is fixed.</summary>
internal static class Cholesky
{
    private const int Block = 64;
    private const int Tile = 4;

    /// <summary>Doubles of a row of a matrix of n columns.</summary>
    public static int Stride(int n) => (n + Block - 1) / Block * Block;

    /// <summary>Overwrites the lower triangle with L, A = L·Lᵀ. The upper triangle is not looked at.</summary>
    /// <param name="a">[n, <see cref="Stride"/>].</param>
    /// <param name="n">Rows and columns.</param>
    /// <param name="smallestPivot">What every pivot must be above.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>False when a pivot is too small or NaN; the triangle is then of no use.</returns>
    public static bool TryFactor(double[] a, int n, double smallestPivot, int threads, CancellationToken cancellation)
    {
        var stride = Stride(n);
        for (var begin = 0; begin < n; begin += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            var end = Math.Min(begin + Block, n);
            Subtract(a, stride, begin, end, begin, end);
            if (!TryFactorDiagonal(a, stride, begin, end, smallestPivot))
            {
                return false;
            }

            var blocks = (n - end + Block - 1) / Block;
            var first = begin;
            void Below(int block)
            {
                var from = end + block * Block;
                var to = Math.Min(from + Block, n);
                Subtract(a, stride, from, to, first, end);
                SolveBelow(a, stride, from, to, first, end);
            }

            if (threads == 1 || blocks < 2)
            {
                for (var block = 0; block < blocks; block++)
                {
                    Below(block);
                }
            }
            else
            {
                Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation }, Below);
            }
        }

        return true;
    }

    // A[i, j] −= Σ_{k < columnBegin} L[i, k]·L[j, k], four rows by four.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract(double[] a, int stride, int rowBegin, int rowEnd, int columnBegin, int columnEnd)
    {
        if (columnBegin == 0)
        {
            return;
        }

        Span<double> sums = stackalloc double[Tile * Tile];
        for (var i = rowBegin; i < rowEnd; i += Tile)
        {
            for (var j = columnBegin; j < columnEnd; j += Tile)
            {
                var (height, width) = (Math.Min(Tile, rowEnd - i), Math.Min(Tile, columnEnd - j));
                Dots(ref MemoryMarshal.GetArrayDataReference(a), stride, i, height, j, width, columnBegin, sums);
                for (var r = 0; r < height; r++)
                {
                    for (var c = 0; c < width; c++)
                    {
                        a[(nint)(i + r) * stride + j + c] -= sums[r * Tile + c];
                    }
                }
            }
        }
    }

    // Rows past the end repeat the last one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots(ref double a, int stride, int i, int height, int j, int width, int length, Span<double> sums)
    {
        ref var i0 = ref Unsafe.Add(ref a, (nint)i * stride);
        ref var i1 = ref Unsafe.Add(ref a, (nint)(i + Math.Min(1, height - 1)) * stride);
        ref var i2 = ref Unsafe.Add(ref a, (nint)(i + Math.Min(2, height - 1)) * stride);
        ref var i3 = ref Unsafe.Add(ref a, (nint)(i + Math.Min(3, height - 1)) * stride);
        ref var j0 = ref Unsafe.Add(ref a, (nint)j * stride);
        ref var j1 = ref Unsafe.Add(ref a, (nint)(j + Math.Min(1, width - 1)) * stride);
        ref var j2 = ref Unsafe.Add(ref a, (nint)(j + Math.Min(2, width - 1)) * stride);
        ref var j3 = ref Unsafe.Add(ref a, (nint)(j + Math.Min(3, width - 1)) * stride);
        Vector512<double> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<double> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default, s33 = default;
        for (nuint k = 0; k < (nuint)length; k += 8)
        {
            var x0 = Vector512.LoadUnsafe(ref i0, k);
            var x1 = Vector512.LoadUnsafe(ref i1, k);
            var x2 = Vector512.LoadUnsafe(ref i2, k);
            var x3 = Vector512.LoadUnsafe(ref i3, k);
            var y = Vector512.LoadUnsafe(ref j0, k);
            s00 = Vector512.FusedMultiplyAdd(x0, y, s00);
            s10 = Vector512.FusedMultiplyAdd(x1, y, s10);
            s20 = Vector512.FusedMultiplyAdd(x2, y, s20);
            s30 = Vector512.FusedMultiplyAdd(x3, y, s30);
            y = Vector512.LoadUnsafe(ref j1, k);
            s01 = Vector512.FusedMultiplyAdd(x0, y, s01);
            s11 = Vector512.FusedMultiplyAdd(x1, y, s11);
            s21 = Vector512.FusedMultiplyAdd(x2, y, s21);
            s31 = Vector512.FusedMultiplyAdd(x3, y, s31);
            y = Vector512.LoadUnsafe(ref j2, k);
            s02 = Vector512.FusedMultiplyAdd(x0, y, s02);
            s12 = Vector512.FusedMultiplyAdd(x1, y, s12);
            s22 = Vector512.FusedMultiplyAdd(x2, y, s22);
            s32 = Vector512.FusedMultiplyAdd(x3, y, s32);
            y = Vector512.LoadUnsafe(ref j3, k);
            s03 = Vector512.FusedMultiplyAdd(x0, y, s03);
            s13 = Vector512.FusedMultiplyAdd(x1, y, s13);
            s23 = Vector512.FusedMultiplyAdd(x2, y, s23);
            s33 = Vector512.FusedMultiplyAdd(x3, y, s33);
        }

        (sums[0], sums[1], sums[2], sums[3]) = (Sum(s00), Sum(s01), Sum(s02), Sum(s03));
        (sums[4], sums[5], sums[6], sums[7]) = (Sum(s10), Sum(s11), Sum(s12), Sum(s13));
        (sums[8], sums[9], sums[10], sums[11]) = (Sum(s20), Sum(s21), Sum(s22), Sum(s23));
        (sums[12], sums[13], sums[14], sums[15]) = (Sum(s30), Sum(s31), Sum(s32), Sum(s33));
    }

    private static double Sum(Vector512<double> value)
    {
        var four = value.GetLower() + value.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFactorDiagonal(double[] a, int stride, int begin, int end, double smallestPivot)
    {
        for (var j = begin; j < end; j++)
        {
            var rowJ = a.AsSpan(checked((int)((long)j * stride)), end);
            var pivot = rowJ[j];
            for (var k = begin; k < j; k++)
            {
                pivot -= rowJ[k] * rowJ[k];
            }

            if (!(pivot > smallestPivot))
            {
                return false;
            }

            rowJ[j] = Math.Sqrt(pivot);
            for (var i = j + 1; i < end; i++)
            {
                var rowI = a.AsSpan(checked((int)((long)i * stride)), end);
                var sum = rowI[j];
                for (var k = begin; k < j; k++)
                {
                    sum -= rowI[k] * rowJ[k];
                }

                rowI[j] = sum / rowJ[j];
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SolveBelow(double[] a, int stride, int rowBegin, int rowEnd, int columnBegin, int columnEnd)
    {
        for (var i = rowBegin; i < rowEnd; i++)
        {
            var rowI = a.AsSpan(checked((int)((long)i * stride)), columnEnd);
            for (var j = columnBegin; j < columnEnd; j++)
            {
                var rowJ = a.AsSpan(checked((int)((long)j * stride)), columnEnd);
                var sum = rowI[j];
                for (var k = columnBegin; k < j; k++)
                {
                    sum -= rowI[k] * rowJ[k];
                }

                rowI[j] = sum / rowJ[j];
            }
        }
    }
}
