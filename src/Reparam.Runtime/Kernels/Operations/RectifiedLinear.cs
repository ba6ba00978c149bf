using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly struct RectifiedLinear : IVectorFunction
{
    public static Vector<float> Evaluate(Vector<float> x) => Vector.Max(x, Vector<float>.Zero);
}
