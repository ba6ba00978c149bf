using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// The magnitudes of as many groups as a vector has lanes, as whole numbers: bit 24 is set, and below it is the magnitude, brought by a power of two to
/// [2^16, 2^17) for the largest of the group and rounded. A sum of up to 128 of them holds their number in its upper 8 bits and the sum of
/// their magnitudes in the lower 24: one addition counts and sums, exactly.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal readonly unsafe ref struct CountedMagnitudes<T>
    where T : unmanaged, ILanes<T>
{
    // More than any magnitude, and small enough for a whole number.
    private const float Beyond = 1 << 20;
    private const int Block = 128;

    private readonly float* values;

    /// <summary>Reads the counted magnitudes of <c>T.Count</c> groups of equal length.</summary>
    /// <param name="values">[length, T.Count].</param>
    /// <param name="length">Weights of a group.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CountedMagnitudes(float* values, int length)
    {
        this.values = values;
        Length = length;
        for (var begin = 0; begin < length; begin += Block)
        {
            var end = Math.Min(begin + Block, length);
            T sum = default, squares = default, largest = default;
            for (var k = begin; k < end; k++)
            {
                var x = T.LowerPart(T.Load(values + (nint)k * T.Count));
                sum += x;
                squares += x * x;
                largest = T.Max(largest, x);
            }

            Sum += sum;
            SquaredNorm += squares;
            Largest = T.Max(Largest, largest);
        }
    }

    /// <summary>Weights of a group.</summary>
    public int Length { get; }

    /// <summary>Sum of the magnitudes.</summary>
    public T Sum { get; }

    /// <summary>Sum of their squares.</summary>
    public T SquaredNorm { get; }

    /// <summary>The largest.</summary>
    public T Largest { get; }

    /// <summary>Σ |…||x − α₁| − α₂|… − α_number|.</summary>
    /// <param name="scales">[number].</param>
    /// <param name="number">0 or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T SumOfRemainders(T* scales, int number)
    {
        T all = default;
        for (var begin = 0; begin < Length; begin += Block)
        {
            var end = Math.Min(begin + Block, Length);
            T sum = default;
            for (var k = begin; k < end; k++)
            {
                var remainder = T.LowerPart(T.Load(values + (nint)k * T.Count));
                for (var i = 0; i < number; i++)
                {
                    remainder = T.Abs(remainder - scales[i]);
                }

                sum += remainder;
            }

            all += sum;
        }

        return all;
    }

    /// <summary>The whole number at which magnitudes ≥ a value begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Threshold(T value) => T.Threshold(T.Min(value, T.Create(Beyond)));

    /// <summary>Number and sum of the magnitudes from a threshold on.</summary>
    /// <param name="t">The threshold.</param>
    /// <param name="above">Number, sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Above(T t, T* above)
    {
        T n = default, s = default;
        for (var begin = 0; begin < Length; begin += Block)
        {
            var x = values + (nint)begin * T.Count;
            var end = values + (nint)Math.Min(begin + Block, Length) * T.Count;
            T even = default, odd = default;
            for (; x + T.Count < end; x += 2 * T.Count)
            {
                even = T.AddFrom(even, T.Load(x), t);
                odd = T.AddFrom(odd, T.Load(x + T.Count), t);
            }

            if (x < end)
            {
                even = T.AddFrom(even, T.Load(x), t);
            }

            n += T.UpperPart(even) + T.UpperPart(odd);
            s += T.LowerPart(even) + T.LowerPart(odd);
        }

        above[0] = n;
        above[1] = s;
    }

    /// <summary>Number and sum of the magnitudes from each of three thresholds on.</summary>
    /// <param name="t1">A threshold.</param>
    /// <param name="t2">A threshold.</param>
    /// <param name="t3">A threshold.</param>
    /// <param name="above">Three numbers, three sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Above(T t1, T t2, T t3, T* above)
    {
        T n1 = default, n2 = default, n3 = default;
        T s1 = default, s2 = default, s3 = default;
        for (var begin = 0; begin < Length; begin += Block)
        {
            var end = values + (nint)Math.Min(begin + Block, Length) * T.Count;
            T above1 = default, above2 = default, above3 = default;
            for (var x = values + (nint)begin * T.Count; x < end; x += T.Count)
            {
                var value = T.Load(x);
                above1 = T.AddFrom(above1, value, t1);
                above2 = T.AddFrom(above2, value, t2);
                above3 = T.AddFrom(above3, value, t3);
            }

            n1 += T.UpperPart(above1);
            n2 += T.UpperPart(above2);
            n3 += T.UpperPart(above3);
            s1 += T.LowerPart(above1);
            s2 += T.LowerPart(above2);
            s3 += T.LowerPart(above3);
        }

        above[0] = n1;
        above[1] = n2;
        above[2] = n3;
        above[3] = s1;
        above[4] = s2;
        above[5] = s3;
    }

    /// <summary>Number and sum of the magnitudes from each of seven thresholds on.</summary>
    /// <param name="t">Seven thresholds.</param>
    /// <param name="above">Seven numbers, seven sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Above(T* t, T* above)
    {
        var (t1, t2, t3, t4, t5, t6, t7) = (t[0], t[1], t[2], t[3], t[4], t[5], t[6]);
        for (var i = 0; i < 14; i++)
        {
            above[i] = default;
        }

        for (var begin = 0; begin < Length; begin += Block)
        {
            var end = values + (nint)Math.Min(begin + Block, Length) * T.Count;
            T above1 = default, above2 = default, above3 = default, above4 = default, above5 = default, above6 = default, above7 = default;
            for (var x = values + (nint)begin * T.Count; x < end; x += T.Count)
            {
                var value = T.Load(x);
                above1 = T.AddFrom(above1, value, t1);
                above2 = T.AddFrom(above2, value, t2);
                above3 = T.AddFrom(above3, value, t3);
                above4 = T.AddFrom(above4, value, t4);
                above5 = T.AddFrom(above5, value, t5);
                above6 = T.AddFrom(above6, value, t6);
                above7 = T.AddFrom(above7, value, t7);
            }

            Add(above1, above + 0);
            Add(above2, above + 1);
            Add(above3, above + 2);
            Add(above4, above + 3);
            Add(above5, above + 4);
            Add(above6, above + 5);
            Add(above7, above + 6);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T counted, T* above)
    {
        above[0] += T.UpperPart(counted);
        above[7] += T.LowerPart(counted);
    }
}

/// <summary>How a counted magnitude lies in 32 bits.</summary>
internal static class CountedMagnitudes
{
    /// <summary>A magnitude of 0.</summary>
    public const int Zero = 1 << 24;

    /// <summary>The largest magnitude of a group is in [2^16, 2^17).</summary>
    public const int TopExponent = 16;

    /// <summary>The largest magnitude.</summary>
    public const float Largest = (1 << (TopExponent + 1)) - 1;
}
