using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Sum; the sums of blocks are added in double precision, so that long rows stay accurate.</summary>
internal readonly struct SumFloat : IReduction<float, float>
{
    private const int Block = 1024;

    public static float Apply(ReadOnlySpan<float> x)
    {
        if (x.Length <= Block)
        {
            return TensorPrimitives.Sum(x);
        }

        var sum = 0.0;
        for (var start = 0; start < x.Length; start += Block)
        {
            sum += TensorPrimitives.Sum(x.Slice(start, Math.Min(Block, x.Length - start)));
        }

        return (float)sum;
    }
}
