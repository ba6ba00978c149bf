using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

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
    /// <param name="exponent">Exponent of the power of two that <see cref="Step"/> and <see cref="Total"/> carry.</param>
    public void Write(float* x, int sets, int exponent)
    {
        var sums = stackalloc float[NestedColumns.SetGroups * NestedColumns.MaxSets];
        var groups = sets * NestedColumns.SetGroups;
        var (largest, total) = (0f, 0f);
        for (var group = 0; group < groups; group++, x += NestedMatrix.GroupSize)
        {
            var sum = Vector128.Sum((Vector128.Load(x) + Vector128.Load(x + 4)) + (Vector128.Load(x + 8) + Vector128.Load(x + 12)));
            sums[group] = sum;
            largest = MathF.Max(largest, MathF.Abs(sum));
            total += sum;
        }

        var negligible = largest < Negligible;
        var inverse = negligible ? 0 : Steps / largest;
        Step = negligible ? 0 : MathF.ScaleB(largest / Steps, exponent);
        Total = MathF.ScaleB(total, exponent);
        for (var group = 0; group < groups; group++)
        {
            var inSet = group % NestedColumns.SetGroups;
            Sums[group - inSet + (inSet % 2 * 2) + (inSet / 2)] = (short)MathF.Round(sums[group] * inverse);
        }
    }
}
