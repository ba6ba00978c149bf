using System.Runtime.CompilerServices;
using Reparam.Compression.ShiftAdd.Lanes;

namespace Reparam.Compression.ShiftAdd;

/// <summary>Number and sum of the magnitudes that lie nearest to each level; a magnitude in the middle goes to the larger level.</summary>
/// <typeparam name="T">The vector.</typeparam>
internal readonly unsafe ref struct Regions<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Takes room for eight regions each.</summary>
    public Regions(T* counts, T* sums)
    {
        Counts = counts;
        Sums = sums;
    }

    /// <summary>Magnitudes in each region.</summary>
    public T* Counts { get; }

    /// <summary>Their sums.</summary>
    public T* Sums { get; }

    /// <summary>Passes over the magnitudes once.</summary>
    /// <param name="magnitudes">[length, T.Count].</param>
    /// <param name="length">Weights of a group.</param>
    /// <param name="levels">[number], ascending.</param>
    /// <param name="number">Number of levels: 1, 2, 4 or 8.</param>
    public void Collect(float* magnitudes, int length, T* levels, int number)
    {
        // First what lies above the threshold under each level: region 0 starts at zero, so it holds everything.
        for (var r = 0; r < number; r++)
        {
            Counts[r] = default;
            Sums[r] = default;
        }

        var thresholds = stackalloc T[8];
        var half = T.Create(0.5f);
        thresholds[0] = default;
        for (var r = 1; r < number; r++)
        {
            thresholds[r] = T.Max(thresholds[r - 1], (levels[r - 1] + levels[r]) * half);
        }

        foreach (var (begin, end) in new Blocks(length))
        {
            var block = magnitudes + (nint)begin * T.Count;
            switch (number)
            {
                case 1:
                    All(block, end - begin, Counts, Sums);
                    break;
                case 2:
                    AllAndAbove1(block, end - begin, thresholds, Counts, Sums);
                    break;
                case 4:
                    AllAndAbove3(block, end - begin, thresholds, Counts, Sums);
                    break;
                default:
                    AllAndAbove3(block, end - begin, thresholds, Counts, Sums);
                    Above4(block, end - begin, thresholds + 4, Counts + 4, Sums + 4);
                    break;
            }
        }

        for (var r = 0; r < number - 1; r++)
        {
            Counts[r] -= Counts[r + 1];
            Sums[r] -= Sums[r + 1];
        }
    }

    /// <summary>What the approximation adds to ‖x‖² in ‖x − level‖²: Σ level·(count·level − 2·sum).</summary>
    public T ErrorTerm(T* levels, int number)
    {
        T error = default;
        for (var r = 0; r < number; r++)
        {
            error += levels[r] * (Counts[r] * levels[r] - (Sums[r] + Sums[r]));
        }

        return error;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void All(float* x, int length, T* counts, T* sums)
    {
        T sum = default;
        for (var k = 0; k < length; k++)
        {
            sum += T.Load(x + (nint)k * T.Count);
        }

        counts[0] += T.Create(length);
        sums[0] += sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllAndAbove1(float* x, int length, T* thresholds, T* counts, T* sums)
    {
        var t1 = thresholds[1];
        T n1 = default;
        T s0 = default, s1 = default;
        for (var k = 0; k < length; k++)
        {
            var value = T.Load(x + (nint)k * T.Count);
            var above1 = T.GreaterOrEqual(value, t1);
            s0 += value;
            n1 = T.CountWhere(n1, above1);
            s1 = T.AddWhere(s1, above1, value);
        }

        counts[0] += T.Create(length);
        counts[1] += T.FromCount(n1);
        sums[0] += s0;
        sums[1] += s1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllAndAbove3(float* x, int length, T* thresholds, T* counts, T* sums)
    {
        var (t1, t2, t3) = (thresholds[1], thresholds[2], thresholds[3]);
        T n1 = default, n2 = default, n3 = default;
        T s0 = default, s1 = default, s2 = default, s3 = default;
        for (var k = 0; k < length; k++)
        {
            var value = T.Load(x + (nint)k * T.Count);
            var above1 = T.GreaterOrEqual(value, t1);
            var above2 = T.GreaterOrEqual(value, t2);
            var above3 = T.GreaterOrEqual(value, t3);
            s0 += value;
            n1 = T.CountWhere(n1, above1);
            s1 = T.AddWhere(s1, above1, value);
            n2 = T.CountWhere(n2, above2);
            s2 = T.AddWhere(s2, above2, value);
            n3 = T.CountWhere(n3, above3);
            s3 = T.AddWhere(s3, above3, value);
        }

        counts[0] += T.Create(length);
        counts[1] += T.FromCount(n1);
        counts[2] += T.FromCount(n2);
        counts[3] += T.FromCount(n3);
        sums[0] += s0;
        sums[1] += s1;
        sums[2] += s2;
        sums[3] += s3;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Above4(float* x, int length, T* thresholds, T* counts, T* sums)
    {
        var (t0, t1, t2, t3) = (thresholds[0], thresholds[1], thresholds[2], thresholds[3]);
        T n0 = default, n1 = default, n2 = default, n3 = default;
        T s0 = default, s1 = default, s2 = default, s3 = default;
        for (var k = 0; k < length; k++)
        {
            var value = T.Load(x + (nint)k * T.Count);
            var above0 = T.GreaterOrEqual(value, t0);
            var above1 = T.GreaterOrEqual(value, t1);
            var above2 = T.GreaterOrEqual(value, t2);
            var above3 = T.GreaterOrEqual(value, t3);
            n0 = T.CountWhere(n0, above0);
            s0 = T.AddWhere(s0, above0, value);
            n1 = T.CountWhere(n1, above1);
            s1 = T.AddWhere(s1, above1, value);
            n2 = T.CountWhere(n2, above2);
            s2 = T.AddWhere(s2, above2, value);
            n3 = T.CountWhere(n3, above3);
            s3 = T.AddWhere(s3, above3, value);
        }

        counts[0] += T.FromCount(n0);
        counts[1] += T.FromCount(n1);
        counts[2] += T.FromCount(n2);
        counts[3] += T.FromCount(n3);
        sums[0] += s0;
        sums[1] += s1;
        sums[2] += s2;
        sums[3] += s3;
    }
}
