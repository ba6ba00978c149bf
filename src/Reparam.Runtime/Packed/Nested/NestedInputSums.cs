using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>The sums of a segment's inputs over the groups, which the profiles' offsets multiply: a cache line behind the segment's tables.</summary>
internal unsafe struct NestedInputSums
{
    /// <summary>Bytes of the line.</summary>
    public const int Bytes = 64;

    private const float Steps = (127 * 256) + 127;
    private const float Negligible = 1e-30f;

    /// <summary>[set][plane][4 groups]: the sums in units of <see cref="Step"/>, as signed bytes: 256·high + low.</summary>
    public fixed sbyte Planes[2 * NestedColumns.SetGroups * NestedColumns.MaxSets];

    /// <summary>What a unit of the planes stands for.</summary>
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
            var place = (group / NestedColumns.SetGroups * 2 * NestedColumns.SetGroups) + (group % NestedColumns.SetGroups);
            var units = (int)MathF.Round(sums[group] * inverse);
            Planes[place] = (sbyte)((units + 128) >> 8);
            Planes[place + NestedColumns.SetGroups] = (sbyte)units;
        }
    }
}
