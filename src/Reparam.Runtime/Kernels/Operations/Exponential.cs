using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>eˣ.</summary>
internal readonly struct Exponential : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Exp(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Exp(x, result);
}
