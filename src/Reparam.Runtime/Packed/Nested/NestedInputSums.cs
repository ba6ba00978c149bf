using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>The sums of a segment's inputs over the groups, which the profiles' offsets multiply: a cache line behind the segment's tables.</summary>
internal unsafe struct NestedInputSums
{
    /// <summary>Bytes of the line.</summary>
    public const int Bytes = 64;

    private const float Steps = short.MaxValue;
    private const float Negligible = 1e-30f;

    /// <summary>[set][groups 0, 2, 1, 3]: the sums in units of <see cref="Step"/>.</summary>
    public fixed short Sums[NestedColumns.SetGroups * NestedColumns.MaxSets];

    /// <summary>What a unit of the sums stands for.</summary>
    public float Step;

    /// <summary>The sum of all inputs of the segment.</summary>
    public float Total;

    /// <summary>Writes the sums.</summary>
    /// <param name="x">Inputs of the segment, zeros included.</param>
    /// <param name="sets">Sets of the segment, 1 to 4.</param>
    /// <param name="unit">What <see cref="Step"/> and <see cref="Total"/> are multiplied by, a power of two.</param>
    public void Write(float* x, int sets, float unit)
    {
        var sums = stackalloc Vector128<float>[NestedColumns.MaxSets];
        var largest = Vector128<float>.Zero;
        var total = Vector128<float>.Zero;
        for (var set = 0; set < sets; set++, x += NestedColumns.SetColumns)
        {
            sums[set] = PairSums(PairSums(Quarters(x), Quarters(x + 16)), PairSums(Quarters(x + 32), Quarters(x + 48)));
            largest = Vector128.MaxNative(largest, Vector128.Abs(sums[set]));
            total += sums[set];
        }

        var most = MathF.Max(MathF.Max(largest[0], largest[1]), MathF.Max(largest[2], largest[3]));
        var negligible = most < Negligible;
        var inverse = Vector128.Create(negligible ? 0 : Steps / most);
        Step = negligible ? 0 : most / Steps * unit;
        Total = Vector128.Sum(total) * unit;
        for (var set = 0; set < sets; set++)
        {
            var rounded = Vector128.Shuffle(Vector128.ConvertToInt32Native(Vector128.Round(sums[set] * inverse)), Vector128.Create(0, 2, 1, 3));
            for (var group = 0; group < NestedColumns.SetGroups; group++)
            {
                Sums[(set * NestedColumns.SetGroups) + group] = (short)rounded[group];
            }
        }
    }

    // Four sums, which together are that of a group.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarters(float* x) => (Vector128.Load(x) + Vector128.Load(x + 4)) + (Vector128.Load(x + 8) + Vector128.Load(x + 12));

    // (a0+a1, a2+a3, b0+b1, b2+b3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> a, Vector128<float> b) => VectorParts.Even(a, b) + VectorParts.Odd(a, b);
}
