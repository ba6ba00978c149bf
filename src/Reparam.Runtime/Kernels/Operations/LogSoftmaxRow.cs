using System.Numerics.Tensors;
using Reparam.Runtime.Kernels.Reductions;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Logarithm of the softmax of a row, shifted by its largest element.</summary>
internal readonly struct LogSoftmaxRow : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result)
    {
        if (x.IsEmpty)
        {
            return;
        }

        var largest = TensorPrimitives.Max(x);
        TensorPrimitives.Subtract(x, largest, result);
        TensorPrimitives.Exp(result, result);
        var logarithm = MathF.Log(SumFloat.Apply(result));
        TensorPrimitives.Subtract(x, largest, result);
        TensorPrimitives.Subtract(result, logarithm, result);
    }
}
