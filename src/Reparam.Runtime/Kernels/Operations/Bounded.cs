using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>min(max(x, low), high); NaN stays.</summary>
internal readonly struct Bounded(float low, float high) : IVectorBody
{
    public Vector<float> Evaluate(Vector<float> x) => Vector.Min(Vector.Max(x, new Vector<float>(low)), new Vector<float>(high));
}
