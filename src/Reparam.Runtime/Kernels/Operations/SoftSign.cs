using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x / (1 + |x|).</summary>
internal readonly struct SoftSign : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x) => x / (Vector<float>.One + Vector.Abs(x));
}
