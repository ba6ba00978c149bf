using System.Numerics.Tensors;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Softmax of a row, shifted by its largest element.</summary>
internal readonly struct SoftmaxRow : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result)
    {
        if (x.IsEmpty)
        {
            return;
        }

        TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), result);
        TensorPrimitives.Exp(result, result);
        TensorPrimitives.Divide(result, SumFloat.Apply(result), result);
    }
}
